// Captures with pcap_loop and touches each packet: live_receive DEVICE, until SIGINT.
// Prints `ready`, and at the end `delivered sum received dropped`; the sum is that of the lengths and of the byte behind the type.
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAPLEN = 262144, BUFFER = 16 << 20, MILLISECONDS = 10, PLACE = 14 };

static pcap_t *handle;
static long long delivered, sum;

static void touch(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes) {
  (void)user;
  delivered++;
  sum += header->caplen + bytes[PLACE];
}

static void stop(int number) {
  (void)number;
  pcap_breakloop(handle);
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, handle == NULL ? "" : pcap_geterr(handle));
  exit(1);
}

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE];
  if (argc < 2) return 2;
  handle = pcap_create(argv[1], error);
  if (handle == NULL) fail(error);
  pcap_set_snaplen(handle, SNAPLEN);
  pcap_set_promisc(handle, 1);
  pcap_set_timeout(handle, MILLISECONDS);
  pcap_set_buffer_size(handle, BUFFER);
  if (pcap_activate(handle) < 0) fail("pcap_activate");
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  puts("ready");
  fflush(stdout);
  if (pcap_loop(handle, -1, touch, NULL) == PCAP_ERROR) fail("pcap_loop");
  struct pcap_stat stat;
  if (pcap_stats(handle, &stat) < 0) fail("pcap_stats");
  printf("%lld %lld %u %u\n", delivered, sum, stat.ps_recv, stat.ps_drop);
  return 0;
}
