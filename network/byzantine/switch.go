package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/capability"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/util"
)

const nobody = -1

// hub passes on what nodes say to each other. Each node has a port here, which it announces as its own; whoever dials it says in its first
// message by which port it is itself known, so both ends of a connection have names.
type hub struct {
	listen []string
	target []string

	lock    sync.Mutex
	plan    *lockPlan
	seen    sightings
	links   []map[*link]struct{}
	waiting []map[util.Uint256]held
}

// link is one direction of a connection.
type link struct {
	to      int
	conn    net.Conn
	writing sync.Mutex
}

type held struct {
	message message
	raw     []byte
	arrived int
}

// sightings is what the latest height's messages told.
type sightings struct {
	height  uint32
	views   map[int]int
	commits map[int]int
	count   int
}

func runSwitch(arguments []string) error {
	flags := flag.NewFlagSet("switch", flag.ExitOnError)
	listen := flags.String("listen", "", "addresses to listen on, one a validator, in the order of validators' public keys, separated by commas")
	target := flags.String("target", "", "addresses that the validators listen on, in the same order")
	control := flags.String("control", "", "address of the control server: GET /state, POST /lock?seed=N, POST /open")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	h := &hub{listen: strings.Split(*listen, ","), target: strings.Split(*target, ",")}
	if len(h.listen) != len(h.target) || len(h.listen) < 2 {
		return errors.New("--listen and --target name as many addresses, at least two")
	}
	h.seen = newSightings(0)
	for index := range h.listen {
		h.links = append(h.links, make(map[*link]struct{}))
		h.waiting = append(h.waiting, make(map[util.Uint256]held))
		listener, err := net.Listen("tcp", h.listen[index])
		if err != nil {
			return err
		}
		go h.accept(listener, index)
	}
	http.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { answer(w, h.state()) })
	http.HandleFunc("POST /lock", func(w http.ResponseWriter, r *http.Request) {
		seed, err := strconv.ParseUint(r.URL.Query().Get("seed"), 10, 64)
		if err != nil || len(h.listen) != lockValidators {
			http.Error(w, "expected a seed, and seven validators", http.StatusBadRequest)
			return
		}
		h.arm(seed)
		answer(w, h.state())
	})
	http.HandleFunc("POST /open", func(w http.ResponseWriter, _ *http.Request) {
		h.open()
		answer(w, h.state())
	})
	controlListener, err := net.Listen("tcp", *control)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return http.Serve(controlListener, nil)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func (h *hub) accept(listener net.Listener, to int) {
	for {
		dialler, err := listener.Accept()
		if err != nil {
			return
		}
		go h.join(dialler, to)
	}
}

func (h *hub) join(dialler net.Conn, to int) {
	node, err := net.Dial("tcp", h.target[to])
	if err != nil {
		dialler.Close()
		return
	}
	incoming := bufio.NewReader(dialler)
	first, err := readFrame(incoming)
	from := nobody
	if err == nil {
		from = h.whoSays(first)
		_, err = node.Write(first.bytes)
	}
	if err != nil {
		dialler.Close()
		node.Close()
		return
	}
	there := h.add(&link{to: to, conn: node})
	back := h.add(&link{to: from, conn: dialler})
	go h.pass(incoming, there, back)
	h.pass(bufio.NewReader(node), back, there)
}

// whoSays tells from a node's greeting which one it is.
func (h *hub) whoSays(f frame) int {
	version, isVersion := f.decode().(*payload.Version)
	if !isVersion {
		return nobody
	}
	for _, c := range version.Capabilities {
		server, isServer := c.Data.(*capability.Server)
		if !isServer || c.Type != capability.TCPServer {
			continue
		}
		for index, address := range h.listen {
			if strings.HasSuffix(address, fmt.Sprintf(":%d", server.Port)) {
				return index
			}
		}
	}
	return nobody
}

func (h *hub) add(l *link) *link {
	h.lock.Lock()
	defer h.lock.Unlock()
	if l.to != nobody {
		h.links[l.to][l] = struct{}{}
	}
	return l
}

func (h *hub) pass(from *bufio.Reader, to, back *link) {
	defer func() {
		to.conn.Close()
		back.conn.Close()
		h.lock.Lock()
		defer h.lock.Unlock()
		if to.to != nobody {
			delete(h.links[to.to], to)
		}
	}()
	for {
		f, err := readFrame(from)
		if err != nil {
			return
		}
		if f.command == network.CMDExtensible && to.to != nobody && !h.mayPass(f, to.to) {
			continue
		}
		if to.write(f.bytes) != nil {
			return
		}
	}
}

func (l *link) write(raw []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	_, err := l.conn.Write(raw)
	return err
}

func (h *hub) mayPass(f frame, to int) bool {
	e, isExtensible := f.decode().(*payload.Extensible)
	if !isExtensible || e.Category != payload.ConsensusCategory {
		return true
	}
	m, err := decodeMessage(e.Data)
	if err != nil {
		return true
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	h.seen.note(m)
	if h.plan == nil {
		return true
	}
	now := time.Now()
	if h.plan.failed(m, now) {
		h.plan = newLockPlan(h.plan.seed, h.plan.attempt+1, h.seen.height+2)
		h.release()
	}
	if h.plan.observe(m, now) {
		h.release()
	}
	switch h.plan.verdict(m, to) {
	case hold:
		if _, isHeld := h.waiting[to][e.Hash()]; !isHeld {
			h.waiting[to][e.Hash()] = held{message: m, raw: f.bytes, arrived: h.seen.count}
		}
		return false
	case drop:
		return false
	default:
		return true
	}
}

// release delivers what was held and need not be any more. The caller holds the lock.
func (h *hub) release() {
	for to, messages := range h.waiting {
		ready := make([]held, 0, len(messages))
		for hash, m := range messages {
			if h.plan == nil || h.plan.verdict(m.message, to) == deliver {
				ready = append(ready, m)
				delete(messages, hash)
			}
		}
		slices.SortFunc(ready, func(a, b held) int { return a.arrived - b.arrived })
		for l := range h.links[to] {
			go func() {
				for _, m := range ready {
					if l.write(m.raw) != nil {
						return
					}
				}
			}()
			break
		}
	}
}

func (h *hub) arm(seed uint64) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.plan = newLockPlan(seed, 1, h.seen.height+2)
}

func (h *hub) open() {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.plan = nil
	h.release()
}

type hubState struct {
	// Latest height of which a message was seen, and by validator the view that it is in and the one that it committed in.
	Height  uint32      `json:"height"`
	Views   map[int]int `json:"views"`
	Commits map[int]int `json:"commits"`
	Held    int         `json:"held"`
	Lock    *lockState  `json:"lock"`
}

type lockState struct {
	Seed    uint64    `json:"seed"`
	Attempt int       `json:"attempt"`
	Height  uint32    `json:"height"`
	Phase   lockPhase `json:"phase"`
	Roles   []string  `json:"roles"`
}

func (h *hub) state() hubState {
	h.lock.Lock()
	defer h.lock.Unlock()
	s := hubState{Height: h.seen.height, Views: copyOf(h.seen.views), Commits: copyOf(h.seen.commits)}
	for _, messages := range h.waiting {
		s.Held += len(messages)
	}
	if p := h.plan; p != nil {
		roles := make([]string, 0, lockValidators)
		for _, role := range p.roles {
			roles = append(roles, roleNames[role])
		}
		s.Lock = &lockState{Seed: p.seed, Attempt: p.attempt, Height: p.height, Phase: p.phase, Roles: roles}
	}
	return s
}

func copyOf(values map[int]int) map[int]int {
	made := make(map[int]int, len(values))
	for key, value := range values {
		made[key] = value
	}
	return made
}

func newSightings(height uint32) sightings {
	return sightings{height: height, views: make(map[int]int), commits: make(map[int]int)}
}

func (s *sightings) note(m message) {
	s.count++
	if m.height < s.height {
		return
	}
	if m.height > s.height {
		count := s.count
		*s = newSightings(m.height)
		s.count = count
	}
	from, view := int(m.validator), int(m.view)
	if m.kind == commit {
		s.commits[from] = view
	}
	s.views[from] = max(s.views[from], view)
}
