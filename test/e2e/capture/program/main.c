/* Makes every syscall that is recorded, and tells what it did. Argument: an empty folder to work in. */
#include "fact.h"

#include <stdlib.h>

int main(int count, char **words)
{
	if (count != 2 || chdir(words[1]) != 0)
		return 2;
	file_cases();
	copy_cases();
	name_cases();
	socket_cases();
	process_cases();
	system_cases();
	identity_cases();
	tell();
	return 0;
}
