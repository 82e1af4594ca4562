// One layer-2 round trip after the other, over blocking packet sockets of EtherType 0x88b5.
//   live_echo respond DEVICE                  sends each frame back, addresses exchanged; prints `ready`; until SIGINT
//   live_echo request DEVICE WARM_UP COUNT    prints `answers p50-ns p99-ns cpu-ns` of COUNT round trips
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 64, ROOM = 2048, ETHER_TYPE = 0x88b5, HEADER = 14, SECONDS = 3 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long long wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000LL +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000LL;
}

static int open_socket(const char *device) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_ll at = {.sll_family = AF_PACKET,
                           .sll_protocol = htons(ETHER_TYPE),
                           .sll_ifindex = (int)if_nametoindex(device)};
  if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) fail("bind");
  return fd;
}

static void respond(int fd) {
  unsigned char bytes[ROOM], address[6];
  puts("ready");
  fflush(stdout);
  for (;;) {
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n < HEADER) fail("recv");
    memcpy(address, bytes, 6);
    memcpy(bytes, bytes + 6, 6);
    memcpy(bytes + 6, address, 6);
    if (send(fd, bytes, n, 0) < 0) fail("send");
  }
}

static int by_time(const void *a, const void *b) {
  long long x = *(const long long *)a, y = *(const long long *)b;
  return (x > y) - (x < y);
}

static long long round_trip(int fd, unsigned number) {
  unsigned char frame[FRAME] = {2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a, ETHER_TYPE >> 8, ETHER_TYPE & 255};
  unsigned char answer[ROOM];
  memcpy(frame + HEADER, &number, sizeof number);
  long long from = wall();
  if (send(fd, frame, sizeof frame, 0) < 0) fail("send");
  if (recv(fd, answer, sizeof answer, 0) < FRAME) fail("recv");
  long long taken = wall() - from;
  if (memcmp(answer + HEADER, &number, sizeof number) != 0) exit(3);
  return taken;
}

static int request(int fd, int warm_up, int count) {
  struct timeval patience = {SECONDS, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  for (int i = 0; i < warm_up; i++) round_trip(fd, i);
  long long *times = calloc(count, sizeof *times);
  long long used = cpu();
  for (int i = 0; i < count; i++) times[i] = round_trip(fd, i);
  used = cpu() - used;
  qsort(times, count, sizeof *times, by_time);
  printf("%d %lld %lld %lld\n", count, times[count / 2], times[count * 99 / 100], used);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int fd = open_socket(argv[2]);
  if (strcmp(argv[1], "respond") == 0) respond(fd);
  return argc < 5 ? 2 : request(fd, atoi(argv[3]), atoi(argv[4]));
}
