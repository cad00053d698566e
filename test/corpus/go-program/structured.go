//go:build go1.21

package main

import (
	"log/slog"
	"os"
)

var structuredLogger = slog.New(slog.NewTextHandler(os.Stderr, nil))

func structured(order int) {
	structuredLogger.Info("order written down", "number", order)
}
