//go:build !go1.21

package main

import "log"

func structured(order int) {
	log.Print("order written down")
}
