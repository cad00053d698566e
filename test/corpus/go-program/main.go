// A program that logs in the ways of Go's library, for analyses of what its compiler makes of it.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
)

type server struct {
	name   string
	logger *log.Logger
}

var errOdd = errors.New("odd orders are not taken")

//go:noinline
func warn(format string, values ...any) { log.Printf(format, values...) }

//go:noinline
func note(message string) { log.Print(message) }

//go:noinline
func (s *server) serve(order int) error {
	log.Printf("order %d accepted by %s", order, s.name)
	if order%2 == 1 {
		fmt.Fprintf(os.Stderr, "order %d is odd\n", order)
		return errOdd
	}
	s.logger.Printf("order %d is fine", order)
	fmt.Fprintln(os.Stderr, "order served", order)
	log.Println("all", order, "good")
	structured(order)
	return nil
}

func main() {
	log.SetFlags(0)
	s := &server{"web", log.New(os.Stderr, "", 0)}
	fmt.Fprintf(os.Stderr, "serving %d orders\n", len(os.Args)-1)
	for i := range os.Args[1:] {
		if err := s.serve(i); err != nil {
			warn("order %d failed: %v", i, err)
			note("going on after a failure")
		}
	}
	if len(os.Args) > 4 {
		log.Fatalf("%d orders are too many", len(os.Args)-1)
	}
	fmt.Fprint(os.Stderr, "bye\n")
}
