package function

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
)

const (
	limit  = 100
	banner = "payment of %d for %q"
)

var logger = slog.New(slog.NewTextHandler(os.Stdout, nil)).With("service", "payment")

type Request struct {
	Body   []byte
	Method string
}

type Response struct {
	Body       []byte
	StatusCode int
}

type payment struct {
	Account string `json:"account"`
	Amount  int    `json:"amount"`
}

var errLimit = errors.New("over the limit")

func trace(format string, args ...any) {
	fmt.Printf("[trace] "+format+"\n", args...)
}

func (p *payment) check() error {
	switch {
	case p.Account == "":
		logger.Warn("no account")
		return errors.New("no account")
	case p.Amount > limit:
		logger.Warn("amount over limit", "amount", p.Amount)
		return errLimit
	case p.Amount == 0:
		trace("nothing to pay")
		fallthrough
	default:
		trace("checked %s", p.Account)
	}
	return nil
}

func (p *payment) book() (id int, err error) {
	defer trace("booking done")
	for try := 1; ; try++ {
		if try > p.Amount%4 {
			break
		}
		logger.Info("retrying", slog.Int("try", try))
	}
	if p.Account == "closed" {
		return 0, fmt.Errorf("account %s is closed", p.Account)
	}
	fmt.Printf(banner+"\n", p.Amount, p.Account)
	return len(p.Account), nil
}

// Handle takes one payment.
func Handle(req Request) (Response, error) {
	trace("request %s", req.Method)
	var p payment
	if err := json.Unmarshal(req.Body, &p); err != nil {
		logger.Error("bad JSON", "error", err)
		return Response{StatusCode: http.StatusBadRequest}, nil
	}
	if err := p.check(); errors.Is(err, errLimit) {
		return Response{StatusCode: http.StatusPaymentRequired}, nil
	} else if err != nil {
		return Response{}, err
	}
	id, err := p.book()
	if err != nil {
		return Response{}, err
	}
	logger.Info("paid", "id", id)
	return Response{Body: []byte(fmt.Sprint(id))}, nil
}
