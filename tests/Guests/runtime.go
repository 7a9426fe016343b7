// What Go's runtime needs of a system: goroutines, its collector, its poller and timers, signals, preemption, and errors for what is missing.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func check(ok bool, what string) {
	if !ok {
		fmt.Println(what)
		os.Exit(1)
	}
}

func main() {
	var group sync.WaitGroup
	var lock sync.Mutex
	count := 0
	for i := 0; i < 1000; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for k := 0; k < 100; k++ {
				lock.Lock()
				count++
				lock.Unlock()
			}
			runtime.Gosched()
		}()
	}
	group.Wait()
	check(count == 100000, "goroutines")

	for i := 0; i < 50; i++ {
		b := make([]byte, 1<<20)
		b[0] = 1
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	check(memory.NumGC > 0, "collector")

	func() {
		defer func() { check(recover() != nil, "nil pointer") }()
		var p *int
		*p = 1
	}()

	before := time.Now()
	<-time.After(30 * time.Millisecond)
	check(time.Since(before) >= 30*time.Millisecond, "timer")
	ticker := time.NewTicker(5 * time.Millisecond)
	for i := 0; i < 3; i++ {
		<-ticker.C
	}

	reader, writer, err := os.Pipe()
	check(err == nil, "pipe")
	go func() {
		time.Sleep(10 * time.Millisecond)
		writer.Write([]byte("text"))
		writer.Close()
	}()
	buffer := make([]byte, 10)
	n, err := reader.Read(buffer)
	check(n == 4 && err == nil, "read from a pipe through the poller")
	reader.SetReadDeadline(time.Now().Add(10 * time.Millisecond))

	_, err = os.ReadFile("/nowhere/file")
	check(os.IsNotExist(err), "file")
	_, err = net.Dial("tcp", "127.0.0.1:1")
	check(err != nil, "net")
	check(exec.Command("/nowhere/program").Run() != nil, "exec")

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	check(<-signals == syscall.SIGUSR1, "signal")

	// Loops that never call anything: only a signal to a running thread lets others in.
	var stop bool
	go func() {
		for i := 0; !stop; i++ {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	for i := 0; i < 5; i++ {
		runtime.GC()
	}
	fmt.Println("runtime: fine")
	os.Exit(9)
}
