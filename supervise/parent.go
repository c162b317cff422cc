package supervise

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
)

// Parent is the child's end of the bond.
type Parent struct {
	orders chan string
}

// Adopt reads the settings from standard input into settings and watches for
// orders until the parent is gone, which closes the channel of Orders.
func Adopt(in io.Reader, settings any) (*Parent, error) {
	r := bufio.NewReader(in)
	line, err := r.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, settings)
	}
	if err != nil {
		return nil, fmt.Errorf("read settings from the parent process: %w (this command is started by `tandem serve`)", err)
	}
	p := &Parent{orders: make(chan string, 8)}
	go func() {
		defer close(p.orders)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			p.orders <- line[:len(line)-1]
		}
	}()
	return p, nil
}

// Orders yields the parent's orders; it is closed when the parent is gone.
func (p *Parent) Orders() <-chan string { return p.orders }

// Ready tells the parent that this process serves.
func (p *Parent) Ready(status any) error {
	f := os.NewFile(statusFile, "status")
	defer f.Close()
	return json.NewEncoder(f).Encode(status)
}

// Listener is the i-th inherited file as a stream listener.
func Listener(i int) (net.Listener, error) {
	f := os.NewFile(uintptr(firstSocket+i), "listener")
	defer f.Close()
	return net.FileListener(f)
}

// PacketConn is the i-th inherited file as a datagram socket.
func PacketConn(i int) (net.PacketConn, error) {
	f := os.NewFile(uintptr(firstSocket+i), "packet")
	defer f.Close()
	return net.FilePacketConn(f)
}
