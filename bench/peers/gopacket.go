// The jobs with gopacket: gopacket JOB FILE. Prints `packets sum milliseconds`.
//
// JOB is tcp or dns (gopacket.NewPacket, lazy and without copies), or tcp-parser or dns-parser (DecodingLayerParser, which
// fills the same structs again and again: gopacket's fastest way, for stacks known beforehand).
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

type job func(data []byte) uint64

func nameLengths(dns *layers.DNS) (sum uint64) {
	for i := range dns.Questions {
		sum += uint64(len(dns.Questions[i].Name))
	}
	for i := range dns.Answers {
		answer := &dns.Answers[i]
		sum += uint64(len(answer.Name))
		if answer.Type == layers.DNSTypeCNAME {
			sum += uint64(len(answer.CNAME))
		}
	}
	return sum
}

func lazily(read func(gopacket.Packet) uint64) job {
	options := gopacket.DecodeOptions{Lazy: true, NoCopy: true}
	return func(data []byte) uint64 { return read(gopacket.NewPacket(data, layers.LayerTypeEthernet, options)) }
}

func destinationPort(packet gopacket.Packet) uint64 {
	if tcp, ok := packet.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
		return uint64(tcp.DstPort)
	}
	return 0
}

func names(packet gopacket.Packet) uint64 {
	if dns, ok := packet.Layer(layers.LayerTypeDNS).(*layers.DNS); ok {
		return nameLengths(dns)
	}
	return 0
}

func parsing(wanted gopacket.LayerType) job {
	var ethernet layers.Ethernet
	var ipv4 layers.IPv4
	var tcp layers.TCP
	var udp layers.UDP
	var dns layers.DNS
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &ethernet, &ipv4, &tcp, &udp, &dns)
	parser.IgnoreUnsupported = true
	decoded := make([]gopacket.LayerType, 0, 8)
	return func(data []byte) uint64 {
		_ = parser.DecodeLayers(data, &decoded)
		for _, layer := range decoded {
			if layer != wanted {
				continue
			}
			if wanted == layers.LayerTypeTCP {
				return uint64(tcp.DstPort)
			}
			return nameLengths(&dns)
		}
		return 0
	}
}

func main() {
	jobs := map[string]job{
		"tcp":        lazily(destinationPort),
		"dns":        lazily(names),
		"tcp-parser": parsing(layers.LayerTypeTCP),
		"dns-parser": parsing(layers.LayerTypeDNS),
	}
	work, known := jobs[os.Args[1]]
	if !known {
		fail(fmt.Errorf("no job %s", os.Args[1]))
	}
	started := time.Now()
	file, err := os.Open(os.Args[2])
	fail(err)
	reader, err := pcapgo.NewReader(bufio.NewReaderSize(file, 1<<18))
	fail(err)
	packets, sum := 0, uint64(0)
	for {
		data, _, err := reader.ZeroCopyReadPacketData()
		if err == io.EOF {
			break
		}
		fail(err)
		packets++
		sum += work(data)
	}
	fmt.Println(packets, sum, float64(time.Since(started).Microseconds())/1000)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
