// SPDX-License-Identifier: GPL-2.0-only
#include "stack-objects.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../ebpf/unwind-object.h"
#include "clock.h"
#include "ebpf-program.h"
#include "output.h"
#include "unwind-pool.h"
#include "unwind-table.h"

#define EPOCH_NS 1000000000ull
/* A program that saw a table before it was removed is done by then. */
#define PROGRAM_US_MAX 5000
#define OBJECTS_MAX ((1u << 24) - 1) /* what a frame can name */

static struct {
	int files_fd;
	struct unwind_row *rows;
	struct settings *settings;
	struct unwind_pool pool;
	struct ring_buffer *met;
	int64_t offset_ns;
	uint32_t last_number;
	uint64_t epoch_ns;
} state;

static int open_mapping(uint32_t tgid, uint64_t from, uint64_t until, char *path, size_t bytes)
{
	char name[80];
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/%u/map_files/%llx-%llx", tgid, (unsigned long long)from, (unsigned long long)until);
	length = readlink(name, path, bytes - 1);
	path[length > 0 ? length : 0] = 0;
	return open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static bool write_object(uint32_t number, const struct elf_object *object, const struct file_identity *file, const char *path,
			 int64_t offset_ns)
{
	struct dpt_record record = own_record(DPT_OBJECT, clock_monotonic_ns(), offset_ns);
	char build_id[2 * BUILD_ID_BYTES_MAX + 1] = "";
	const void *const texts[6] = { [0] = path, [5] = build_id };

	for (unsigned int i = 0; i < object->build_id_length; i++)
		snprintf(build_id + 2 * i, 3, "%02x", object->build_id[i]);
	record.args[0] = number;
	record.object.inode = file->inode;
	record.object.device = file->device;
	record.object.mode = S_IFREG;
	record.lengths.path = strlen(path);
	record.lengths.payload = 2 * object->build_id_length;
	return output_with_texts(&record, texts);
}

/* All by which a table goes. */
static void forget_files(uint32_t number)
{
	struct file_identity key, next;
	struct unwind_object value;
	int result = bpf_map_get_next_key(state.files_fd, NULL, &next);

	while (result == 0) {
		key = next;
		result = bpf_map_get_next_key(state.files_fd, &key, &next);
		if (bpf_map_lookup_elem(state.files_fd, &key, &value) == 0 && value.number == number)
			bpf_map_delete_elem(state.files_fd, &key);
	}
}

/* The programs say it of files. */
static void see_use(void)
{
	struct file_identity key, next;
	struct unwind_object value;
	int result = bpf_map_get_next_key(state.files_fd, NULL, &next);

	for (unsigned int i = 0; result == 0 && i < STACK_FILES_MAX; i++) {
		key = next;
		result = bpf_map_get_next_key(state.files_fd, &key, &next);
		if (bpf_map_lookup_elem(state.files_fd, &key, &value) != 0)
			continue;
		for (unsigned int table = 0; table < state.pool.table_count; table++)
			if (state.pool.tables[table].number == value.number && state.pool.tables[table].epoch < value.epoch)
				state.pool.tables[table].epoch = value.epoch;
	}
}

/* What was not used for longest goes, until there is room. */
static struct pooled_table *place_for(uint32_t count)
{
	struct pooled_table *table = pool_add(&state.pool, count);

	if (table == NULL && count <= state.pool.rows_max)
		see_use();
	while (table == NULL && count <= state.pool.rows_max) {
		struct pooled_table *idlest = pool_idlest(&state.pool);

		if (idlest == NULL)
			return NULL;
		forget_files(idlest->number);
		state.settings->stack_epoch++;
		pool_remove(&state.pool, idlest);
		usleep(PROGRAM_US_MAX);
		table = pool_add(&state.pool, count);
	}
	return table;
}

/* NULL where it has no rows, or none find room. */
static const struct pooled_table *table_of(const struct elf_object *object, const struct file_identity *file, const char *path,
					   int64_t offset_ns)
{
	struct pooled_table *pooled = pool_find(&state.pool, object);
	struct unwind_table table;

	if (pooled != NULL)
		return pooled;
	if (state.last_number == OBJECTS_MAX || unwind_compile(object, &table) != NULL)
		return NULL;
	pooled = place_for(table.count);
	if (pooled != NULL) {
		memcpy(pooled->build_id, object->build_id, object->build_id_length);
		pooled->build_id_length = object->build_id_length;
		pooled->bias = object->bias;
		pooled->number = ++state.last_number;
		pooled->epoch = state.settings->stack_epoch;
		memcpy(state.rows + pooled->first, table.rows, table.count * sizeof(*table.rows));
		write_object(pooled->number, object, file, path, offset_ns);
	}
	free(table.rows);
	return pooled;
}

/* A file without rows is told as well, so that it is not asked for again. */
static void load(int fd, const struct file_identity *file, const char *path, int64_t offset_ns)
{
	struct unwind_object value = { .epoch = state.settings->stack_epoch };
	const struct pooled_table *table = NULL;
	struct elf_object object;

	if (elf_read(fd, &object) == NULL) {
		table = table_of(&object, file, path, offset_ns);
		elf_free(&object);
	}
	if (table != NULL) {
		value.number = table->number;
		value.first = table->first;
		value.count = table->count;
		value.bias = table->bias;
	}
	if (bpf_map_update_elem(state.files_fd, file, &value, BPF_ANY) == 0)
		return;
	/* Full: of files without rows nothing is lost. */
	forget_files(0);
	bpf_map_update_elem(state.files_fd, file, &value, BPF_ANY);
}

/* Of the file that the mapping still is of. */
static void load_mapping(uint32_t tgid, uint64_t from, uint64_t until, struct file_identity file, int64_t offset_ns)
{
	char path[DPT_PATH_BYTES_MAX + 1];
	struct unwind_object known;
	struct stat status;
	bool is_wanted;
	int fd;

	if (file.bytes != 0 && bpf_map_lookup_elem(state.files_fd, &file, &known) == 0)
		return;
	fd = open_mapping(tgid, from, until, path, sizeof(path));
	if (fd < 0)
		return;
	is_wanted = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	if (is_wanted && file.bytes == 0) {
		file.bytes = status.st_size;
		file.changed_s = status.st_mtim.tv_sec;
		is_wanted = bpf_map_lookup_elem(state.files_fd, &file, &known) != 0;
	}
	if (is_wanted && file.bytes == (uint64_t)status.st_size && file.changed_s == status.st_mtim.tv_sec)
		load(fd, &file, path, offset_ns);
	close(fd);
}

static void load_process(uint32_t tgid, int64_t offset_ns)
{
	char line[DPT_PATH_BYTES_MAX + 128], name[32];
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%u/maps", tgid);
	maps = fopen(name, "re");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		unsigned long long from, until, inode;
		unsigned int major, minor;
		char rights[5];

		if (sscanf(line, "%llx-%llx %4s %*x %x:%x %llu", &from, &until, rights, &major, &minor, &inode) == 6 &&
		    rights[2] == 'x' && inode != 0)
			load_mapping(tgid, from, until, (struct file_identity){ .inode = inode, .device = major << 20 | minor },
				     offset_ns);
	}
	if (maps != NULL)
		fclose(maps);
}

static void load_all(int64_t offset_ns)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			load_process(atoi(entry->d_name), offset_ns);
	if (directory != NULL)
		closedir(directory);
}

/* While they wait their process goes on: a mapping that is gone is of no interest any more. */
static int load_met(void *offset_ns, void *data, size_t bytes)
{
	const struct met_code *met = data;

	if (bytes < sizeof(*met))
		return 0;
	if (met->until != 0)
		load_mapping(met->tgid, met->from, met->until, met->file, *(int64_t *)offset_ns);
	else
		load_process(met->tgid, *(int64_t *)offset_ns);
	return 0;
}

int stack_objects_begin(const struct ebpf_program *program)
{
	state.files_fd = program->stack_files_fd;
	state.rows = program->rows;
	state.settings = program->settings;
	state.pool.rows_max = STACK_ROWS_MAX;
	state.settings->stack_epoch = 1;
	state.met = ring_buffer__new(program->met_fd, load_met, &state.offset_ns, NULL);
	return state.met != NULL ? ring_buffer__epoll_fd(state.met) : -1;
}

void stack_objects_load(int64_t offset_ns)
{
	uint64_t now = clock_monotonic_ns();

	state.offset_ns = offset_ns;
	if (state.epoch_ns == 0)
		load_all(offset_ns);
	if (now - state.epoch_ns >= EPOCH_NS) {
		state.epoch_ns = now;
		state.settings->stack_epoch++;
	}
	ring_buffer__consume(state.met);
}

void stack_objects_end(void)
{
	ring_buffer__free(state.met);
	state.met = NULL;
}
