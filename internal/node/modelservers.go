package node

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/modelserver"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

// modelServers runs the model servers of the engines in force. Its methods may be called by many goroutines at once.
type modelServers struct {
	o       Options
	kinds   config.Kinds
	current func(name string) engine.Engine // the engine in force of that name

	mu      sync.Mutex
	all     map[string]*modelServer // by engine
	running context.Context         // of all programs; nil = they have not been started
	stopped bool                    // nothing is started any more
	group   panics.Group
}

// modelServer is one program.
type modelServer struct {
	*modelserver.Supervisor
	program modelserver.Program
	stop    context.CancelFunc
	ended   chan struct{} // closed when it runs no more
}

// newModelServers returns the model servers of no engine yet.
func newModelServers(o Options, current func(name string) engine.Engine) *modelServers {
	return &modelServers{o: o, kinds: engineKinds(), current: current, all: map[string]*modelServer{}}
}

// use makes the model servers those of a settings file. A program that has changed is ended and started again, and one that is gone is
// ended; others are left alone. It returns at once.
func (m *modelServers) use(f config.File) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return
	}
	wanted := map[string]config.Engine{}
	for _, e := range f.Engines {
		if e.Server != nil {
			wanted[e.Name] = e
		}
	}
	ending := map[string]*modelServer{}
	for name, s := range m.all {
		e, ok := wanted[name]
		if program, _ := m.kinds.Program(e); ok && reflect.DeepEqual(program, s.program) {
			s.SetReadyWithin(e.Server.ReadyWithin)
			continue
		}
		s.stop()
		ending[name] = s
		delete(m.all, name)
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if m.all[name] == nil {
			m.add(wanted[name], ending)
		}
	}
}

// add adds the model server of an engine. It starts when all those that end have ended: it may take the port of one.
func (m *modelServers) add(e config.Engine, ending map[string]*modelServer) {
	program, _ := m.kinds.Program(e)
	s := &modelServer{program: program, stop: func() {}, ended: make(chan struct{})}
	s.Supervisor = newSupervisor(m.o, m.kinds, e, func() engine.Engine { return m.current(e.Name) }, nil)
	m.all[e.Name] = s
	if m.running == nil {
		return
	}
	var after []<-chan struct{}
	for _, old := range ending {
		after = append(after, old.ended)
	}
	m.run(s, after)
}

// run runs a program after others have ended.
func (m *modelServers) run(s *modelServer, after []<-chan struct{}) {
	ctx, stop := context.WithCancel(m.running)
	s.stop = stop
	m.group.Go(func() {
		defer close(s.ended)
		for _, ended := range after {
			<-ended
		}
		s.Run(ctx)
	})
}

// start starts all programs.
func (m *modelServers) start(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running = context.WithoutCancel(ctx) // stop ends them
	for _, s := range m.all {
		m.run(s, nil)
	}
}

// stop ends all programs, and returns when they have ended.
func (m *modelServers) stop() {
	m.mu.Lock()
	m.stopped = true
	for _, s := range m.all {
		s.stop()
	}
	m.mu.Unlock()
	m.group.Wait()
}

// of returns how the model server of an engine does; nil if it has none.
func (m *modelServers) of(name string) *task.ModelServer {
	m.mu.Lock()
	s := m.all[name]
	m.mu.Unlock()
	if s == nil {
		return nil
	}
	st := s.Status()
	return &task.ModelServer{
		State: task.ModelServerState(st.State), Since: st.Since, PID: st.PID, Restarts: st.Restarts, Failure: st.Failure, Retry: st.Retry,
	}
}

// names returns the engines that have a model server, sorted.
func (m *modelServers) names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.all))
}

// problems returns a sentence for each model server that does not work.
func (m *modelServers) problems() []string {
	var all []string
	for _, name := range m.names() {
		if s := m.of(name); s != nil && s.Problem() != "" {
			all = append(all, fmt.Sprintf("engine %s: %s", name, s.Problem()))
		}
	}
	return all
}
