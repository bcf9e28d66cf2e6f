// Command verifier checks Groth16 proofs over BLS12-381 for a parent process, with
// gnark-crypto: requests come on stdin, answers go to stdout, framed as README.md
// says. It ends when stdin does.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
)

// maxFrameSize bounds a request, in bytes.
const maxFrameSize = 1 << 24

// Kinds of request.
const (
	loadKey    = 1
	forgetKeys = 2
	verify     = 3
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "verifier:", err)
		os.Exit(1)
	}
}

// server holds the keys of one parent. Requests are read in order; verifications then
// run side by side.
type server struct {
	keys    map[uint32]*verifyingKey
	output  *bufio.Writer
	writing sync.Mutex
	running sync.WaitGroup
	slots   chan struct{}
}

func serve(input io.Reader, output io.Writer) error {
	s := &server{
		keys:   map[uint32]*verifyingKey{},
		output: bufio.NewWriter(output),
		slots:  make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	defer s.running.Wait()
	buffered := bufio.NewReaderSize(input, 1<<16)
	for {
		frame, err := readFrame(buffered)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.handle(&reader{bytes: frame}); err != nil {
			return err
		}
	}
}

// readFrame returns io.EOF only between frames.
func readFrame(input io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(input, size[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(size[:])
	if length > maxFrameSize {
		return nil, errors.New("request too large")
	}
	frame := make([]byte, length)
	if _, err := io.ReadFull(input, frame); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return frame, nil
}

func (s *server) handle(request *reader) error {
	id, kind := request.uint32(), request.uint8()
	switch kind {
	case loadKey:
		number := request.uint32()
		key, refusal := parseVerifyingKey(request.rest())
		if refusal == accepted {
			s.keys[number] = key
		}
		return s.answer(id, []byte{byte(refusal)})
	case forgetKeys:
		clear(s.keys)
		return s.answer(id, []byte{byte(accepted)})
	case verify:
		claims, err := s.claims(request)
		if err != nil {
			return err
		}
		s.slots <- struct{}{}
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			defer func() { <-s.slots }()
			answers := verifyClaims(claims)
			encoded := make([]byte, len(answers))
			for i, answer := range answers {
				encoded[i] = byte(answer)
			}
			// A parent that does not read any more ends us by closing stdin.
			_ = s.answer(id, encoded)
		}()
		return nil
	default:
		return errors.New("unknown kind of request")
	}
}

// claims parses what is to be verified. A claim whose key is not known has none.
func (s *server) claims(request *reader) ([]claim, error) {
	claims := make([]claim, 0, 64)
	for !request.atEnd() {
		c := claim{key: s.keys[request.uint32()]}
		c.proof = request.take(request.uint32())
		c.inputs = request.take(request.uint32())
		if request.failed {
			return nil, errors.New("request cut short")
		}
		claims = append(claims, c)
	}
	return claims, nil
}

func (s *server) answer(id uint32, payload []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	frame := binary.BigEndian.AppendUint32(nil, uint32(4+len(payload)))
	frame = binary.BigEndian.AppendUint32(frame, id)
	if _, err := s.output.Write(append(frame, payload...)); err != nil {
		return err
	}
	return s.output.Flush()
}

// reader takes fields from the front of bytes. What is missing is empty or 0, and noted.
type reader struct {
	bytes  []byte
	failed bool
}

func (r *reader) atEnd() bool {
	return len(r.bytes) == 0 || r.failed
}

func (r *reader) take(length uint32) []byte {
	if uint64(length) > uint64(len(r.bytes)) {
		r.failed = true
		return nil
	}
	taken := r.bytes[:length]
	r.bytes = r.bytes[length:]
	return taken
}

func (r *reader) rest() []byte {
	return r.take(uint32(len(r.bytes)))
}

func (r *reader) uint8() byte {
	taken := r.take(1)
	if taken == nil {
		return 0
	}
	return taken[0]
}

func (r *reader) uint16() int {
	taken := r.take(2)
	if taken == nil {
		return 0
	}
	return int(binary.BigEndian.Uint16(taken))
}

func (r *reader) uint32() uint32 {
	taken := r.take(4)
	if taken == nil {
		return 0
	}
	return binary.BigEndian.Uint32(taken)
}
