// Starts a function and hands each request on to it, over connections that are kept, as a function's watchdog does:
// what the function prints comes through a pipe and is printed with a prefix, and each request has a line. It says at
// its end which bytes of which connection to the function were whose: that is the truth, which nobody sees before.
//
//	function-proxy LISTEN FUNCTION TRUTH COMMAND...
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type countedConnection struct {
	net.Conn
	sent, received atomic.Int64
}

func (c *countedConnection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

func (c *countedConnection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

type askedRequest struct {
	Tag      string   `json:"tag"`
	Port     int      `json:"port"`
	Sent     [2]int64 `json:"sent"`
	Received [2]int64 `json:"received"`
}

type answeredStatus struct {
	http.ResponseWriter
	status int
}

func (w *answeredStatus) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

var (
	lock  sync.Mutex
	asked []askedRequest
)

func main() {
	listen, function, truth := os.Args[1], os.Args[2], os.Args[3]
	start(os.Args[4], os.Args[5:])
	for tries := 0; tries < 200; tries++ {
		if c, err := net.Dial("tcp", function); err == nil {
			c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		lock.Lock()
		file, _ := os.Create(truth)
		for _, each := range asked {
			json.NewEncoder(file).Encode(each)
		}
		os.Exit(0)
	}()
	log.Fatal(http.ListenAndServe(listen, handler(function)))
}

func start(name string, words []string) {
	command := exec.Command(name, words...)
	stdout, _ := command.StdoutPipe()
	stderr, _ := command.StderrPipe()
	if err := command.Start(); err != nil {
		log.Fatal(err)
	}
	go relay("stdout", stdout)
	go relay("stderr", stderr)
}

func relay(name string, from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		log.Printf("%s: %s", name, lines.Text())
	}
}

func handler(function string) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: function})
	proxy.Transport = &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &countedConnection{Conn: c}, err
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		var c *countedConnection
		var of askedRequest
		trace := &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
			c = got.Conn.(*countedConnection)
			of = askedRequest{Tag: r.Header.Get("X-Tag"), Port: c.LocalAddr().(*net.TCPAddr).Port}
			of.Sent[0], of.Received[0] = c.sent.Load(), c.received.Load()
		}}
		answered := &answeredStatus{ResponseWriter: w, status: 200}
		proxy.ServeHTTP(answered, r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
		of.Sent[1], of.Received[1] = c.sent.Load(), c.received.Load()
		lock.Lock()
		asked = append(asked, of)
		lock.Unlock()
		log.Printf("%s %s - %d (%.4fs) [%s]", r.Method, r.RequestURI, answered.status, time.Since(begun).Seconds(), of.Tag)
	})
}
