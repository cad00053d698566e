// SPDX-License-Identifier: GPL-2.0-only
#include "elf-object.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTIONS_MAX 4096
#define NAMES_BYTES_MAX (1u << 20)
#define NOTES_BYTES_MAX 4096

static bool read_at(int fd, void *to, size_t bytes, uint64_t at)
{
	size_t used = 0;

	while (used < bytes && at + used <= INT64_MAX) {
		ssize_t count = pread(fd, (char *)to + used, bytes - used, at + used);

		if (count <= 0)
			return false;
		used += count;
	}
	return used == bytes;
}

/* NULL where it can't be read; to be freed. */
static void *load(int fd, size_t bytes, uint64_t at)
{
	void *memory = malloc(bytes + 1);

	if (memory != NULL && !read_at(fd, memory, bytes, at)) {
		free(memory);
		return NULL;
	}
	return memory;
}

static bool is_of_this_machine(const Elf64_Ehdr *head)
{
	return memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 && head->e_ident[EI_CLASS] == ELFCLASS64 &&
	       head->e_ident[EI_DATA] == ELFDATA2LSB && head->e_machine == EM_X86_64 &&
	       (head->e_type == ET_EXEC || head->e_type == ET_DYN) && head->e_phentsize == sizeof(Elf64_Phdr) &&
	       head->e_phnum > 0 && head->e_phnum <= ELF_SEGMENTS_MAX;
}

static void read_build_id(int fd, const Elf64_Phdr *segment, struct elf_object *object)
{
	uint8_t notes[NOTES_BYTES_MAX];
	size_t length = segment->p_filesz < sizeof(notes) ? segment->p_filesz : sizeof(notes), at = 0;

	if (object->build_id_length != 0 || !read_at(fd, notes, length, segment->p_offset))
		return;
	while (length - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		size_t name, text;

		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		text = name + (((size_t)note.n_namesz + 3) & ~(size_t)3);
		at = text + (((size_t)note.n_descsz + 3) & ~(size_t)3);
		if (text > length || text + note.n_descsz > length)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes + name, "GNU", 4) == 0 &&
		    note.n_descsz > 0 && note.n_descsz <= BUILD_ID_BYTES_MAX) {
			memcpy(object->build_id, notes + text, note.n_descsz);
			object->build_id_length = note.n_descsz;
			return;
		}
		if (at > length)
			return;
	}
}

/* Several executable segments do where their distance from the file is one. */
static const char *read_segments(int fd, const Elf64_Phdr *segments, unsigned int count, struct elf_object *object)
{
	bool is_found = false;

	for (unsigned int i = 0; i < count; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type == PT_NOTE)
			read_build_id(fd, segment, object);
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		if (segment->p_vaddr + segment->p_memsz < segment->p_vaddr || segment->p_vaddr + segment->p_memsz > UINT32_MAX)
			return "code beyond 4 GiB";
		if (is_found && object->bias != segment->p_vaddr - segment->p_offset)
			return "code at several distances from its file";
		object->bias = segment->p_vaddr - segment->p_offset;
		if (!is_found || segment->p_vaddr < object->code_from)
			object->code_from = segment->p_vaddr;
		if (!is_found || segment->p_vaddr + segment->p_memsz > object->code_until)
			object->code_until = segment->p_vaddr + segment->p_memsz;
		is_found = true;
	}
	return is_found ? NULL : "no code";
}

static bool find_section(int fd, const Elf64_Ehdr *head, Elf64_Shdr *found)
{
	Elf64_Shdr *sections, names;
	char *text = NULL;
	bool is_found = false;

	if (head->e_shentsize != sizeof(*sections) || head->e_shnum == 0 || head->e_shnum > SECTIONS_MAX ||
	    head->e_shstrndx >= head->e_shnum)
		return false;
	sections = load(fd, head->e_shnum * sizeof(*sections), head->e_shoff);
	if (sections == NULL)
		return false;
	names = sections[head->e_shstrndx];
	if (names.sh_size > 0 && names.sh_size <= NAMES_BYTES_MAX)
		text = load(fd, names.sh_size, names.sh_offset);
	if (text != NULL)
		text[names.sh_size] = 0;
	for (unsigned int i = 0; text != NULL && i < head->e_shnum && !is_found; i++) {
		if (sections[i].sh_name >= names.sh_size || strcmp(text + sections[i].sh_name, ".eh_frame") != 0 ||
		    sections[i].sh_type == SHT_NOBITS)
			continue;
		*found = sections[i];
		is_found = true;
	}
	free(text);
	free(sections);
	return is_found;
}

/* Without section headers: from where PT_GNU_EH_FRAME points to up to the end of the segment that has it. */
static bool find_by_segment(int fd, const Elf64_Phdr *segments, unsigned int count, Elf64_Shdr *found)
{
	uint8_t head[8];
	uint64_t address;

	for (unsigned int i = 0; i < count; i++) {
		if (segments[i].p_type != PT_GNU_EH_FRAME || !read_at(fd, head, sizeof(head), segments[i].p_offset) ||
		    head[0] != 1 || head[1] != 0x1b) /* four bytes from where they are */
			continue;
		address = segments[i].p_vaddr + 4 + (int32_t)(head[4] | head[5] << 8 | head[6] << 16 | (uint32_t)head[7] << 24);
		for (unsigned int j = 0; j < count; j++) {
			if (segments[j].p_type != PT_LOAD || address < segments[j].p_vaddr ||
			    address - segments[j].p_vaddr >= segments[j].p_filesz)
				continue;
			*found = (Elf64_Shdr){ .sh_addr = address,
					       .sh_offset = segments[j].p_offset + (address - segments[j].p_vaddr),
					       .sh_size = segments[j].p_filesz - (address - segments[j].p_vaddr) };
			return true;
		}
	}
	return false;
}

const char *elf_read(int fd, struct elf_object *object)
{
	Elf64_Phdr segments[ELF_SEGMENTS_MAX];
	Elf64_Shdr frames;
	Elf64_Ehdr head;
	const char *problem;

	*object = (struct elf_object){ 0 };
	if (!read_at(fd, &head, sizeof(head), 0) || !is_of_this_machine(&head))
		return "no program or library of this machine";
	if (!read_at(fd, segments, head.e_phnum * sizeof(segments[0]), head.e_phoff))
		return "no segments";
	problem = read_segments(fd, segments, head.e_phnum, object);
	if (problem != NULL)
		return problem;
	if (!find_section(fd, &head, &frames) && !find_by_segment(fd, segments, head.e_phnum, &frames))
		return "no .eh_frame";
	if (frames.sh_size > EH_FRAME_BYTES_MAX)
		return "an .eh_frame of more than 64 MiB";
	object->frames = load(fd, frames.sh_size, frames.sh_offset);
	object->frames_address = frames.sh_addr;
	object->frames_length = frames.sh_size;
	return object->frames != NULL ? NULL : "an .eh_frame that can't be read";
}

void elf_free(struct elf_object *object)
{
	free(object->frames);
	object->frames = NULL;
}
