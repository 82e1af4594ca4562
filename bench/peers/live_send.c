// Sends 64-byte frames of EtherType 0x88b5 with sendmmsg: live_send DEVICE COUNT [RATE [WARM_UP]].
// RATE is frames a second; 0, or without it, as fast as they go. The byte behind the type counts the frames, modulo 256.
// WARM_UP frames go out before, and are not in what it prints: `sent wall-ns cpu-ns`.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { FRAME = 64, BATCH = 64, ETHER_TYPE = 0x88b5, HEADER = 14 };

static unsigned char frames[BATCH][FRAME];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

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
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device)};
  if (bind(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("bind");
  return fd;
}

static void lay_out(void) {
  static const unsigned char ends[12] = {2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a};
  for (int i = 0; i < BATCH; i++) {
    memcpy(frames[i], ends, sizeof ends);
    frames[i][12] = ETHER_TYPE >> 8;
    frames[i][13] = ETHER_TYPE & 255;
    vectors[i] = (struct iovec){frames[i], FRAME};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
  }
}

static void wait_until(long long time) {
  struct timespec when = {time / 1000000000LL, time % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) {
  }
}

static void send_frames(int fd, long count, double rate) {
  long long started = wall();
  for (long sent = 0; sent < count;) {
    if (rate > 0) wait_until(started + (long long)(sent * 1e9 / rate));
    int n = count - sent < BATCH ? (int)(count - sent) : BATCH;
    for (int i = 0; i < n; i++) frames[i][HEADER] = (unsigned char)(sent + i);
    for (int done = 0; done < n;) {
      int went = sendmmsg(fd, messages + done, n - done, 0);
      if (went > 0) done += went;
      else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) fail("sendmmsg");
    }
    sent += n;
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int fd = open_socket(argv[1]);
  long count = atol(argv[2]);
  double rate = argc > 3 ? atof(argv[3]) : 0;
  long warm_up = argc > 4 ? atol(argv[4]) : 0;
  lay_out();
  send_frames(fd, warm_up, rate);
  long long from = wall(), used = cpu();
  send_frames(fd, count, rate);
  printf("%ld %lld %lld\n", count, wall() - from, cpu() - used);
  return 0;
}
