/*
 * The same things each time, by processes that are told apart by what they are called: `workload work`, in an empty
 * folder that has a folder `log`. Whoever does something alone is this program anew, with the name of its part. It must
 * not know who watches.
 */
#define _GNU_SOURCE
#include "workload.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int file(const char *path, int flags)
{
	return check(open(path, flags, 0644));
}

/* Input that no part has written while it was watched would be the start of every trace. */
static void make(void)
{
	int fd = file("input", O_WRONLY | O_CREAT | O_TRUNC);
	int secret = file("secret", O_WRONLY | O_CREAT | O_TRUNC);

	check(write(fd, "what it begins with\n", 20));
	check(write(secret, "for root alone\n", 15));
	check(fchmod(secret, 0600));
}

static void copy(void)
{
	char bytes[64];
	int from = file("input", O_RDONLY), to = file("copied", O_WRONLY | O_CREAT);
	int again = check(dup(to));
	long size = check(read(from, bytes, sizeof(bytes)));
	struct iovec part = { bytes, size };

	check(write(to, bytes, size));
	check(writev(again, &part, 1));
	check(close(to));
	check(pwrite(again, bytes, size, 100));
	check(ftruncate(again, 10));
}

static void copy_inside(void)
{
	int from = file("input", O_RDONLY), to = file("sent", O_WRONLY | O_CREAT);

	check(sendfile(to, from, NULL, 20));
	check(lseek(from, 0, SEEK_SET));
	check(copy_file_range(from, NULL, to, NULL, 20, 0));
}

/* What a pipe is given from a file by the kernel alone. */
static void splice_through(void)
{
	int from = file("input", O_RDONLY), to = file("spliced", O_WRONLY | O_CREAT), ends[2];

	check(pipe2(ends, O_CLOEXEC));
	check(splice(from, NULL, ends[1], NULL, 20, 0));
	check(splice(ends[0], NULL, to, NULL, 20, 0));
}

static void read_ways(void)
{
	char bytes[64];
	struct iovec part = { bytes, sizeof(bytes) };
	int from = check(openat(check(open(".", O_RDONLY | O_DIRECTORY)), "input", O_RDONLY));
	int again = check(fcntl(from, F_DUPFD_CLOEXEC, 20)), to = check(creat("gathered", 0644));

	check(pread(from, bytes, 5, 0));
	check(close(from));
	check(readv(again, &part, 1));
	check(dup2(to, 30));
	check(pwritev(30, &part, 1, 0));
}

/* What a child was given goes back by a socket that has no name. */
static void pair(void)
{
	char bytes[64];
	int ends[2], child;

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	child = check(fork());
	if (child == 0) {
		long size = check(read(file("input", O_RDONLY), bytes, sizeof(bytes)));

		check(write(ends[1], bytes, size));
		_exit(0);
	}
	await(child);
	check(write(file("paired", O_WRONLY | O_CREAT), bytes, check(read(ends[0], bytes, sizeof(bytes)))));
}

static void run_script(void)
{
	static const char text[] = "#!/bin/workload interpret\n";
	int fd = file("script", O_WRONLY | O_CREAT);

	check(write(fd, text, strlen(text)));
	check(fchmod(fd, 0755));
	check(close(fd));
	if (check(fork()) == 0)
		check(execl("./script", "script", "its-word", NULL));
	await(-1);
}

static void interpret(void)
{
	char bytes[64];

	check(read(file("script", O_RDONLY), bytes, sizeof(bytes)));
	check(write(file("interpreted", O_WRONLY | O_CREAT), "done", 4));
}

static void name(void)
{
	check(close(file("old", O_WRONLY | O_CREAT)));
	check(rename("old", "new"));
	check(link("new", "second"));
	check(symlink("new", "pointer"));
	check(truncate("second", 0));
	check(chmod("new", 0600));
	check(unlink("second"));
	check(mkdir("folder", 0755));
	check(rmdir("folder"));
	check(close(file("over", O_WRONLY | O_CREAT)));
	check(rename("new", "over"));
	check(unlink("over"));
	/* An inode that is free again is another file. */
	check(close(file("over", O_WRONLY | O_CREAT)));
}

static void map(void)
{
	int shared = file("shared", O_RDWR | O_CREAT), code = file("input", O_RDONLY);

	check(ftruncate(shared, 4096));
	check((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0));
	check((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, code, 0));
}

static void denied(void)
{
	check(setgid(65534));
	check(setuid(65534));
	if (open("secret", O_RDONLY) >= 0)
		check(-1);
}

static void log_lines(void)
{
	int fd = file("log/app.log", O_WRONLY | O_CREAT | O_APPEND);

	for (int line = 1; line <= 2; line++) {
		char text[128];
		struct timespec now;
		struct tm parts;
		size_t size;

		clock_gettime(CLOCK_REALTIME, &now);
		gmtime_r(&now.tv_sec, &parts);
		size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
		size += sprintf(text + size, ".%06ldZ INFO loaded %d records\n", now.tv_nsec / 1000, line);
		check(write(fd, text, size));
		usleep(100000);
	}
}

static void produce(void)
{
	check(write(1, "over a pipe\n", 12));
}

static void consume(void)
{
	char bytes[64];
	int to = file("consumed", O_WRONLY | O_CREAT);
	long size;

	while ((size = check(read(0, bytes, sizeof(bytes)))) > 0)
		check(write(to, bytes, size));
}

static void work(void)
{
	static const char *const alone[] = { "make", "copy", "copy-inside", "splice", "read", "pair", "script", "name", "map", "denied", "log" };
	int ends[2];

	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		await(start(alone[i], -1, -1));
	check(pipe(ends));
	int consumer = start("consume", 0, ends[0]);
	int producer = start("produce", 1, ends[1]);

	close(ends[0]);
	close(ends[1]);
	await(producer);
	await(consumer);
	exchange("serve-tcp", "ask-tcp");
	exchange("serve-unix", "ask-unix");
	exchange("hear-unix", "tell-unix");
	exchange("hear-udp", "tell-udp");
	if (check(fork()) == 0) {
		check(close(file("of-a-fork", O_WRONLY | O_CREAT)));
		_exit(0);
	}
	await(-1);
}

int main(int count, char **words)
{
	static const struct part {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{ "work", work },	  { "make", make },
		{ "copy", copy },	  { "copy-inside", copy_inside },
		{ "name", name },	  { "map", map },
		{ "denied", denied },	  { "log", log_lines },
		{ "produce", produce },	  { "consume", consume },
		{ "serve-tcp", serve_tcp }, { "ask-tcp", ask_tcp },
		{ "serve-unix", serve_unix }, { "ask-unix", ask_unix },
		{ "hear-unix", hear_unix }, { "tell-unix", tell_unix },
		{ "hear-udp", hear_udp }, { "tell-udp", tell_udp },
		{ "splice", splice_through }, { "read", read_ways },
		{ "pair", pair },	  { "script", run_script },
		{ "interpret", interpret },
	};

	if (count < 2)
		return 2;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(words[1], parts[i].name) != 0)
			continue;
		parts[i].run();
		return 0;
	}
	return 2;
}
