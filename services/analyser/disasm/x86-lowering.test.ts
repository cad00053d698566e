import { expect, test } from 'vitest';
import { loweredText } from '../../../test/fixture/micro-op-text.ts';
import { x86 } from './x86-lowering.ts';

// rax rcx rdx rbx rsp rbp rsi rdi are r0 to r7.
const rows: readonly (readonly [instruction: string, bytes: string, expected: readonly string[]])[] = [
  ['mov rax,rdi', '48 89 f8', ['r0 = r7']],
  ['mov eax,0x5', 'b8 05 00 00 00', ['r0 = 5']],
  ['mov rax,0xffffffffffffffff', '48 c7 c0 ff ff ff ff', ['r0 = -1']],
  ['mov al,0x5', 'b0 05', ['r0 = ?']],
  ['mov rdi,QWORD PTR [rip+0x10]', '48 8b 3d 10 00 00 00', ['r7 = [0x1017]:8']],
  ['mov QWORD PTR [rsp+0x8],rsi', '48 89 74 24 08', ['[r4 + 8]:8 = r6']],
  ['mov QWORD PTR [rsp],0x7', '48 c7 04 24 07 00 00 00', ['[r4]:8 = 7']],
  ['lea rdi,[rip+0x20]', '48 8d 3d 20 00 00 00', ['r7 = 0x1027']],
  ['lea rax,[rdx+rax*4+0x8]', '48 8d 44 82 08', ['r0 = r2 + r0*4 + 8']],
  ['lea rax,[rdi+0x8]', '48 8d 47 08', ['r0 = r7 + 8']],
  ['sub rsp,0x18', '48 83 ec 18', ['r4 = r4 + -24']],
  ['add rax,rdx', '48 01 d0', ['r0 = r0 + r2*1']],
  ['and rax,0xfffffffffffffff0', '48 83 e0 f0', ['r0 = r0']],
  ['and eax,0xf', '83 e0 0f', ['r0 = ?']],
  ['or rax,rdx', '48 09 d0', ['r0 = r0 + r2*1']],
  ['or eax,edx', '09 d0', ['r0 = ?']],
  ['xor eax,eax', '31 c0', ['r0 = 0']],
  ['xor eax,edx', '31 d0', ['r0 = ?']],
  ['push rbx', '53', ['r4 = r4 + -8', '[r4]:8 = r3']],
  ['push 0x5', '6a 05', ['r4 = r4 + -8', '[r4]:8 = 5']],
  ['pop rbx', '5b', ['r3 = [r4]:8', 'r4 = r4 + 8']],
  ['leave', 'c9', ['r4 = r5', 'r5 = [r4]:8', 'r4 = r4 + 8']],
  ['cmp eax,0x9', '83 f8 09', ['compare r0 9']],
  ['test al,0x4', 'a8 04', ['test r0 4']],
  ['cmp eax,edx', '39 d0', ['compare ? 0']],
  ['comisd xmm0,xmm1', '66 0f 2f c1', ['compare ? 0']],
  ['jl', '7c 00', ['jumpIf less 0x1002']],
  ['jbe', '76 00', ['jumpIf notAbove 0x1002']],
  ['jp', '7a 00', ['jumpIf 0x1002']],
  ['cmp DWORD PTR [rip+0x8],0x3', '83 3d 08 00 00 00 03', ['compareMemory [0x100f]:8 0']],
  ['movsxd rax,DWORD PTR [rdx+rax*4]', '48 63 04 82', ['r0 = [r2 + r0*4]:4']],
  ['movzx eax,BYTE PTR [rdi]', '0f b6 07', ['r0 = [r7]:1']],
  ['cmove rax,rdx', '48 0f 44 c2', ['r0 ?= r2']],
  ['sete al', '0f 94 c0', ['r0 = ?']],
  ['imul eax,edx', '0f af c2', ['r0 = ?']],
  ['div rcx', '48 f7 f1', ['r1 = ?', 'r0 = ?', 'r2 = ?']],
  ['cpuid', '0f a2', ['r0 = ?', 'r1 = ?', 'r2 = ?', 'r3 = ?']],
  ['rep movs QWORD PTR es:[rdi],QWORD PTR ds:[rsi]', 'f3 48 a5', ['r1 = ?', 'r6 = ?', 'r7 = ?']],
  ['xchg rdx,rax', '48 92', ['r2 = ?', 'r0 = ?']],
  ['movups xmm0,XMMWORD PTR [rdi]', '0f 10 07', ['v32 = [r7]:8', 'v64 = [r7 + 8]:8']],
  ['movups XMMWORD PTR [rsp],xmm0', '0f 11 04 24', ['[r4]:8 = v32', '[r4 + 8]:8 = v64']],
  ['movq xmm0,rdi', '66 48 0f 6e c7', ['v32 = r7', 'v64 = 0']],
  ['punpcklqdq xmm0,xmm1', '66 0f 6c c1', ['v64 = v33']],
  ['pxor xmm0,xmm0', '66 0f ef c0', ['v32 = 0', 'v64 = 0']],
  ['mov rax,QWORD PTR fs:0x28', '64 48 8b 04 25 28 00 00 00', ['r0 = thread:8']],
  ['call rax', 'ff d0', ['callRegister r0']],
  ['call QWORD PTR [rip+0x8]', 'ff 15 08 00 00 00', ['callMemory [0x100e]:8']],
  ['jmp rax', 'ff e0', ['jumpRegister r0']],
  ['jmp QWORD PTR [rax+0x8]', 'ff 60 08', ['jumpMemory [r0 + 8]:8']],
  ['syscall', '0f 05', ['syscall']],
  ['ud2', '0f 0b', ['halt']],
  ['endbr64', 'f3 0f 1e fa', []],
  ['nop', '90', []],
  ['xgetbv', '0f 01 d0', ['r0 = ?', 'r2 = ?']],
  ['movhps xmm0,QWORD PTR [rdi+0x8]', '0f 16 47 08', ['v64 = [r7 + 8]:8']],
  ['ret', 'c3', ['ret']],
  ['push QWORD PTR [rsp+0x8]', 'ff 74 24 08', ['r31 = [r4 + 8]:8', 'r4 = r4 + -8', '[r4]:8 = r31']],
  ['mulx rax,rcx,rdx', 'c4 e2 f3 f6 c2', ['r0 = ?', 'r1 = ?']],
];

function check(bytes: string, expected: readonly string[]): void {
  expect(loweredText(x86, bytes)).toEqual(expected);
}

test.each(rows)('%s', (_instruction, bytes, expected) => check(bytes, expected));

test('goes on behind bytes that are no instruction', () => check('06 c3 c3', ['halt', 'ret']));
