// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>

#include "call.h"
#include "descriptor.h"
#include "log-write.h"
#include "path.h"
#include "socket.h"
#include "user-text.h"

static int directory(const struct dpt_return *ret, int i)
{
	return ret->call->at[i] < 0 ? AT_FDCWD : (int)dpt_arg(ret, i);
}

static const char __user *text_arg(const struct dpt_return *ret, int i)
{
	return (const char __user *)dpt_arg(ret, i);
}

/* Of what a descriptor means: object, socket and, where the call is about the file itself, path. */
static void add_fd(struct dpt_return *ret, long fd, bool with_path)
{
	struct dpt_record *record = &ret->draft->record;
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return;
	dpt_object_fill(&record->object, file);
	if (with_path)
		dpt_path_add(ret->draft, &record->lengths.path, &file->f_path);
	if (S_ISSOCK(record->object.mode))
		dpt_socket_add(ret->draft, file);
	fput(file);
}

enum dpt_verdict dpt_fill_open(struct dpt_return *ret)
{
	if (ret->result >= 0)
		add_fd(ret, ret->result, true);
	else
		dpt_path_add_named(ret->draft, &ret->draft->record.lengths.path, directory(ret, 0), text_arg(ret, 1));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_fd(struct dpt_return *ret)
{
	add_fd(ret, dpt_arg(ret, 0), false);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_fd_path(struct dpt_return *ret)
{
	add_fd(ret, dpt_arg(ret, 0), true);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_two_fds(struct dpt_return *ret)
{
	add_fd(ret, dpt_arg(ret, 0), false);
	dpt_object_fill_fd(&ret->draft->record.object2, dpt_arg(ret, 1));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_result_fd(struct dpt_return *ret)
{
	if (ret->result >= 0)
		add_fd(ret, ret->result, true);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_fcntl(struct dpt_return *ret)
{
	unsigned long command = dpt_arg(ret, 1);

	if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)
		return DPT_DROP;
	return dpt_fill_result_fd(ret);
}

enum dpt_verdict dpt_fill_pipe(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;

	if (ret->result < 0)
		return DPT_KEEP;
	if (dpt_user_get(record->fds, (const void __user *)dpt_arg(ret, 0), sizeof(record->fds))) {
		dpt_object_fill_fd(&record->object, record->fds[0]);
		dpt_object_fill_fd(&record->object2, record->fds[1]);
	}
	return DPT_KEEP;
}

static void recognise_log(struct dpt_return *ret, struct dpt_payload payload)
{
	struct dpt_record *record = &ret->draft->record;
	long fd = dpt_arg(ret, 0);
	struct file *file = dpt_descriptor_file(fd);

	if (!file)
		return;
	dpt_object_fill(&record->object, file);
	if (S_ISSOCK(record->object.mode))
		dpt_socket_add(ret->draft, file);
	if (ret->result > 0)
		dpt_log_recognise(ret->draft, fd, file);
	fput(file);
	ret->payload = payload;
}

enum dpt_verdict dpt_fill_write(struct dpt_return *ret)
{
	recognise_log(ret, dpt_payload_of_buffer((const void __user *)dpt_arg(ret, 1), ret->result));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_writev(struct dpt_return *ret)
{
	recognise_log(ret, dpt_payload_of_array((const void __user *)dpt_arg(ret, 1), dpt_arg(ret, 2), ret->result,
						ret->compat));
	return DPT_KEEP;
}

/* A name that is empty, with AT_EMPTY_PATH, means the descriptor before it. */
static void add_name(struct dpt_return *ret, int i, u32 *length, struct dpt_object *object)
{
	char first;

	if (directory(ret, i) >= 0 && dpt_user_get(&first, text_arg(ret, i + 1), 1) && first == 0) {
		struct file *file = dpt_descriptor_file(directory(ret, i));

		if (!file)
			return;
		dpt_object_fill(object, file);
		dpt_path_add(ret->draft, length, &file->f_path);
		fput(file);
		return;
	}
	dpt_path_add_named(ret->draft, length, directory(ret, i), text_arg(ret, i + 1));
}

enum dpt_verdict dpt_fill_path(struct dpt_return *ret)
{
	add_name(ret, 0, &ret->draft->record.lengths.path, &ret->draft->record.object);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_two_paths(struct dpt_return *ret)
{
	add_name(ret, 0, &ret->draft->record.lengths.path, &ret->draft->record.object);
	add_name(ret, 2, &ret->draft->record.lengths.path2, &ret->draft->record.object2);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_path_and_text(struct dpt_return *ret)
{
	struct dpt_lengths *lengths = &ret->draft->record.lengths;

	dpt_path_add_named(ret->draft, &lengths->path, directory(ret, 0), text_arg(ret, 1));
	/* A mount without a source has none. */
	if (text_arg(ret, 2))
		dpt_path_add_raw(ret->draft, &lengths->path2, text_arg(ret, 2));
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_mmap(struct dpt_return *ret)
{
	/* Memory of its own comes from no file. */
	if (ret->args[3] & MAP_ANONYMOUS)
		return DPT_DROP;
	add_fd(ret, dpt_arg(ret, 0), true);
	return DPT_KEEP;
}

enum dpt_verdict dpt_fill_mprotect(struct dpt_return *ret)
{
	struct dpt_record *record = &ret->draft->record;
	const struct vm_area_struct *area;
	enum dpt_verdict verdict = DPT_DROP;

	if (!(dpt_arg(ret, 2) & PROT_EXEC))
		return DPT_DROP;
	/* Waiting for it is not possible here; a record without its file says more than none. */
	if (!mmap_read_trylock(current->mm))
		return DPT_KEEP;
	area = find_vma(current->mm, dpt_arg(ret, 0));
	if (area && area->vm_file && area->vm_start <= dpt_arg(ret, 0)) {
		dpt_object_fill(&record->object, area->vm_file);
		dpt_path_add(ret->draft, &record->lengths.path, &area->vm_file->f_path);
		verdict = DPT_KEEP;
	}
	mmap_read_unlock(current->mm);
	return verdict;
}
