package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	function "handler/function"
)

func makeHandler() func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		input, err := io.ReadAll(r.Body)
		if err != nil {
			log.Printf("reading the body: %v", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		result, err := function.Handle(function.Request{Body: input, Method: r.Method})
		if err != nil {
			log.Print("function failed: ", err)
			result.StatusCode = http.StatusInternalServerError
		}
		if result.StatusCode == 0 {
			result.StatusCode = http.StatusOK
		}
		w.WriteHeader(result.StatusCode)
		w.Write(result.Body)
	}
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8082"
	}
	http.HandleFunc("/", makeHandler())
	fmt.Println("listening on", port)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
