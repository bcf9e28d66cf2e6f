// Command token signs with keys of a PKCS#11 token for a parent process: requests come
// on stdin, answers go to stdout, framed as README.md says. It ends when stdin does.
//
// Usage: token MODULE LABEL, the file of the PKCS#11 module and the label of the token.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// maxFrameSize bounds a request, in bytes.
const maxFrameSize = 4096

// Kinds of request.
const (
	logIn    = 1
	findKey  = 2
	sign     = 3
	makePair = 4
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: token MODULE LABEL")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "token:", err)
		os.Exit(1)
	}
}

// server has one token. Requests are read in order; signatures are then made side by
// side, as many as the token has sessions.
type server struct {
	token   *token
	output  *bufio.Writer
	writing sync.Mutex
	running sync.WaitGroup
}

func serve(module, label string, input io.Reader, output io.Writer) error {
	opened, err := openToken(module, label)
	if err != nil {
		return err
	}
	defer opened.close()
	s := &server{token: opened, output: bufio.NewWriter(output)}
	defer s.running.Wait()
	buffered := bufio.NewReader(input)
	for {
		frame, err := readFrame(buffered)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.handle(frame); err != nil {
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
	if length < 5 || length > maxFrameSize {
		return nil, errors.New("request too short or too large")
	}
	frame := make([]byte, length)
	if _, err := io.ReadFull(input, frame); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return frame, nil
}

func (s *server) handle(frame []byte) error {
	id, kind, body := frame[:4], frame[4], frame[5:]
	switch kind {
	case logIn:
		return s.answer(id, nil, s.token.logIn(string(body)))
	case findKey:
		point, err := s.token.findKey(string(body))
		return s.answer(id, point, err)
	case makePair:
		point, err := s.token.makePair(string(body))
		return s.answer(id, point, err)
	case sign:
		if len(body) < 33 {
			return errors.New("request to sign too short")
		}
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			signature, err := s.token.sign(string(body[32:]), body[:32])
			// The parent that does not read any more has ended.
			_ = s.answer(id, signature, err)
		}()
		return nil
	default:
		return errors.New("unknown kind of request")
	}
}

func (s *server) answer(id, content []byte, err error) error {
	status := codeOf(err)
	if status != ok {
		content = nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(id)+1+len(content)))
	for _, part := range [][]byte{size[:], id, {status}, content} {
		if _, err := s.output.Write(part); err != nil {
			return err
		}
	}
	return s.output.Flush()
}
