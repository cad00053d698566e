/* Attaches the programs of an object file until it is ended: attach-program OBJECT; says so when they run. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char **words)
{
	struct bpf_object *object = count == 2 ? bpf_object__open(words[1]) : NULL;
	struct bpf_program *program;

	if (object == NULL || bpf_object__load(object) != 0)
		return 1;
	bpf_object__for_each_program(program, object)
		if (bpf_program__attach(program) == NULL)
			return 1;
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}
