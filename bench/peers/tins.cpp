// The jobs with libtins: tins JOB FILE, or tins build COUNT. Prints `packets sum milliseconds`.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include <tins/tins.h>

using namespace Tins;

static std::uint64_t destinationPort(const PDU& packet) {
  const TCP* tcp = packet.find_pdu<TCP>();
  return tcp == nullptr ? 0 : tcp->dport();
}

// libtins leaves what is above UDP raw; the program turns it into DNS itself, as its documentation shows.
static std::uint64_t nameLengths(const PDU& packet) {
  if (packet.find_pdu<UDP>() == nullptr) return 0;
  const RawPDU* raw = packet.find_pdu<RawPDU>();
  if (raw == nullptr) return 0;
  const DNS dns = raw->to<DNS>();
  std::uint64_t sum = 0;
  for (const auto& query : dns.queries()) sum += query.dname().size();
  for (const auto& answer : dns.answers()) {
    sum += answer.dname().size();
    if (answer.query_type() == DNS::CNAME) sum += answer.data().size();
  }
  return sum;
}

// What `peers/building.mjs` makes too: both checksums of every packet are added up.
static int build(std::uint32_t count) {
  const auto started = std::chrono::steady_clock::now();
  const std::string payload(64, 'A');
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < count; i++) {
    TCP tcp(80, 1024 + i % 50000);
    tcp.seq(i);
    tcp.ack_seq(1);
    tcp.flags(TCP::ACK);
    tcp.window(65535);
    IP ip("192.0.2.1", "10.0.0.1");
    ip.id(i & 0xffff);
    ip.ttl(64);
    EthernetII packet = EthernetII("02:00:00:00:00:02", "02:00:00:00:00:01") / ip / tcp / RawPDU(payload);
    const auto bytes = packet.serialize();
    sum += (bytes[24] << 8 | bytes[25]) + (bytes[50] << 8 | bytes[51]);
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - started;
  std::cout << count << ' ' << sum << ' ' << spent.count() << '\n';
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  if (std::string(argv[1]) == "build") return build(std::stoul(argv[2]));
  const auto job = std::string(argv[1]) == "dns" ? nameLengths : destinationPort;
  const auto started = std::chrono::steady_clock::now();
  std::uint64_t packets = 0, sum = 0;
  FileSniffer sniffer(argv[2]);
  sniffer.sniff_loop([&](const PDU& packet) {
    packets++;
    sum += job(packet);
    return true;
  });
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - started;
  std::cout << packets << ' ' << sum << ' ' << spent.count() << '\n';
}
