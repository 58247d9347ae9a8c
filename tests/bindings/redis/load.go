// Reservations a second on one hot budget, with 1 to 32 writers, by the module, by compare-and-swap, by the Lua counter that
// gateways use, by leases; and how far each goes past a limit: load.go SOCKET SECONDS WRITER...
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	cc "example.com/cloudcircuit"
	"example.com/cloudcircuit/redis"
)

// connection is one to the server, for one goroutine.
type connection struct {
	socket net.Conn
	reader *bufio.Reader
	buffer []byte
}

func dial() *connection {
	socket, err := net.Dial("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	return &connection{socket: socket, reader: bufio.NewReader(socket)}
}

var zeros int64 // swaps that came too late

func (c *connection) Do(_ context.Context, words ...any) (any, error) {
	c.buffer = append(strconv.AppendInt(append(c.buffer[:0], '*'), int64(len(words)), 10), "\r\n"...)
	for _, word := range words {
		var data []byte
		switch word := word.(type) {
		case []byte:
			data = word
		case string:
			data = []byte(word)
		case int64:
			data = strconv.AppendInt(nil, word, 10)
		default:
			data = []byte(fmt.Sprint(word))
		}
		c.buffer = append(strconv.AppendInt(append(c.buffer, '$'), int64(len(data)), 10), "\r\n"...)
		c.buffer = append(append(c.buffer, data...), "\r\n"...)
	}
	if _, err := c.socket.Write(c.buffer); err != nil {
		return nil, err
	}
	answer, err := c.answer()
	if answer == int64(0) {
		atomic.AddInt64(&zeros, 1)
	}
	return answer, err
}

func (c *connection) answer() (any, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil || len(line) < 3 {
		return nil, errors.New("the connection is lost")
	}
	kind, rest := line[0], line[1:len(line)-2]
	switch kind {
	case '-':
		return nil, errors.New(string(rest))
	case '+':
		return string(rest), nil
	}
	number, err := strconv.ParseInt(string(rest), 10, 64)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == ':':
		return number, nil
	case number < 0:
		return nil, nil
	case kind == '$':
		data := make([]byte, number+2)
		_, err := io.ReadFull(c.reader, data)
		return data[:number], err
	}
	items := make([]any, number)
	for i := range items {
		if items[i], err = c.answer(); err != nil {
			return nil, err
		}
	}
	return items, nil
}

const counter = `
local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
if spent + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return -1 end
return redis.call('INCRBY', KEYS[1], ARGV[1])
`

// reserve asks for one unit of a limit, and says whether it may be spent.
type reserve func(limit int64) bool

var ctx = context.Background()

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// way makes writers of one kind.
type way struct {
	name string
	make func(c *connection, key string, writers int) reserve
}

var ways = []way{
	{"module", func(c *connection, key string, _ int) reserve {
		return stored(redis.Module{To: c}, key)
	}},
	{"compare-and-swap", func(c *connection, key string, _ int) reserve {
		return stored(redis.Swap{To: c, Tries: 100_000}, key)
	}},
	{"Lua INCRBY with check", func(c *connection, key string, _ int) reserve {
		sha, err := c.Do(ctx, "SCRIPT", "LOAD", counter)
		must(err)
		return func(limit int64) bool {
			answer, err := c.Do(ctx, "EVALSHA", sha, 1, key, 1, limit)
			must(err)
			return answer != int64(-1)
		}
	}},
	{"GET, request, INCRBY", func(c *connection, key string, _ int) reserve {
		return func(limit int64) bool {
			found, err := c.Do(ctx, "GET", key)
			must(err)
			data, _ := found.([]byte)
			spent, _ := strconv.ParseInt(string(data), 10, 64)
			if spent+1 > limit {
				return false
			}
			_, err = c.Do(ctx, "INCRBY", key, 1)
			must(err)
			return true
		}
	}},
	{"leases on the module", func(c *connection, key string, writers int) reserve {
		lease := redis.Lease{Store: redis.Module{To: c}, Key: key, Slice: 10_000, Step: 1000, Share: int64(2 * writers)}
		config := cc.LedgerConfig{HoldDuration: 10_000}
		lease.Config = &config
		return func(limit int64) bool {
			config.Limit = limit
			hold, decision, err := lease.Reserve(ctx, 1)
			must(err)
			if decision.Allowed {
				_, err := lease.Settle(&hold, 1)
				must(err)
			}
			return decision.Allowed
		}
	}},
}

func stored(store redis.Store, key string) reserve {
	return func(limit int64) bool {
		_, decision, err := store.Reserve(ctx, key, &cc.LedgerConfig{Limit: limit}, 1)
		must(err)
		return decision.Allowed
	}
}

// run lets writers reserve until a time, or until each is refused; what was allowed, asked, and how long it took.
func (w way) run(writers int, limit int64, until time.Time) (allowed, asked int64, took time.Duration) {
	key := fmt.Sprintf("hot%d", time.Now().UnixNano())
	if !strings.Contains(w.name, "INCRBY") {
		_, err := redis.Module{To: dial()}.CreateLedger(ctx, key, 1)
		must(err)
	}
	var group sync.WaitGroup
	began := time.Now()
	for i := 0; i < writers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			c := dial()
			defer c.socket.Close()
			ask := w.make(c, key, writers)
			var mine, may int64
			for mine%64 != 0 || time.Now().Before(until) {
				mine++
				if !ask(limit) {
					break
				}
				may++
			}
			atomic.AddInt64(&allowed, may)
			atomic.AddInt64(&asked, mine)
		}()
	}
	group.Wait()
	return allowed, asked, time.Since(began)
}

func main() {
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	must(err)
	fmt.Println("| way | writers | decisions a second | retries a decision | past a limit of 2,000 |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for _, word := range os.Args[3:] {
		writers, err := strconv.Atoi(word)
		must(err)
		for _, way := range ways {
			atomic.StoreInt64(&zeros, 0)
			_, asked, took := way.run(writers, 1<<40, time.Now().Add(time.Duration(seconds*float64(time.Second))))
			retries := float64(atomic.LoadInt64(&zeros)) / float64(asked)
			allowed, _, _ := way.run(writers, 2000, time.Now().Add(time.Hour))
			past := allowed - 2000
			if past < 0 {
				past = 0
			}
			fmt.Printf("| %s | %d | %.0f | %.1f | %d |\n", way.name, writers, float64(asked)/took.Seconds(), retries, past)
			if past > 0 && way.name != "GET, request, INCRBY" {
				log.Fatalf("%s went past its limit", way.name)
			}
		}
	}
}
