/* Prints formats, each with what printf makes of it: FORMAT, unit separator, text, record separator. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

static void show(const char *format, ...)
{
	char text[4096];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	printf("%s\x1f%s\x1e", format, text);
}

int main(void)
{
	const double zero = 0;
	int there;

	setlocale(LC_ALL, "C.UTF-8");
	show("[%d] [%i] [%u]", -5, 7, 4000000000u);
	show("[%5d][%-5d][%05d][%+d][% d]", 42, 42, -42, 42, 42);
	show("[%.0d][%.5d][%8.3d]", 0, 42, -7);
	show("[%*d][%*d][%-*d]", 6, 7, -6, 7, 4, 9);
	show("[%.*s][%.*s][%.3s][%10s][%-10s]", 2, "abcdef", -1, "abc", "abcdef", "ab", "ab");
	show("[%x][%X][%#x][%#X][%#x][%08lx][%#010x]", 255, 255, 255, 255, 0, 0xabUL, 0xab);
	show("[%o][%#o][%#o]", 8, 8, 0);
	show("[%hhd][%hd][%ld][%lld][%jd][%zd][%td]", (char)-1, (short)-2, -3L, -4LL, (intmax_t)-5, (ssize_t)-6,
	     (ptrdiff_t)-7);
	show("[%hhu][%hu][%lu][%llu][%ju][%zu]", 1, 2, 3UL, 4ULL, (uintmax_t)5, (size_t)6);
	show("[%f][%.2f][%10.3f][%-10.1f][%+f][% f][%.0f][%#.0f]", 1.5, 2.345, -3.1, 4.0, 5.0, 6.0, 7.0, 8.0);
	show("[%e][%E][%g][%G][%g][%g][%F]", 1e10, 1e-5, 1e20, 0.0001, 1 / zero, -(zero / zero), 1 / zero);
	show("[%a][%A][%.2a][%Lf][%Lg][%La]", 1.5, 1.5, -3.0, 1.5L, 2.5L, 3.5L);
	show("[%c][%5c][%-3c]", 'x', 'y', 'z');
	show("[%lc][%ls][%S][%C]", (wint_t)0x1f600, L"w\u00e9", L"x", (wint_t)0xe9);
	show("[%p][%p][%20p][%-20p]", (void *)&there, (void *)0, (void *)0x1234, (void *)0x12);
	errno = ENOENT;
	show("open %s: %m", "/x");
	show("100%% of %d%%", 5);
	show("%2$s is %1$d", 3, "x");
	show("%1$*2$d|%3$.*4$s|", 7, 4, "abcdef", 3);
	show("[%s]", (char *)NULL);
	show("%'d %'.2f", 1234567, 1234.5);
	show("a%d1%d1b", 5, 11);
	show("%s%d%s and %d%d and %hhx%hhx", "a", 1, "b", 1, 2, 1, 2);
	show("tab\tline\nquote\"\\(%d)[%d]{%d}^$.|?*+/", 1, 2, 3);
	show("%s=%s; %s", "k", "v", "z");
	show("%s: %d", "a: b: 5", 6);
	show("%s: %d", "x: 5", 6);
	show("%lu.%06lu %-3dend", 5UL, 1UL, 2);
	return 0;
}
