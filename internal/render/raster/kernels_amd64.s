#include "go_asm.h"
#include "textflag.h"

// The sample offsets and rounding of these routines are those of mixPlain, readPlain and readPairsPlain, and so are their
// results.

DATA eight<>+0(SB)/4, $0
DATA eight<>+4(SB)/4, $1
DATA eight<>+8(SB)/4, $2
DATA eight<>+12(SB)/4, $3
DATA eight<>+16(SB)/4, $4
DATA eight<>+20(SB)/4, $5
DATA eight<>+24(SB)/4, $6
DATA eight<>+28(SB)/4, $7
GLOBL eight<>(SB), RODATA|NOPTR, $32

// In each half of a register: the lowest byte of its first double word eight times, then of its second.
DATA former<>+0(SB)/8, $0x0000000000000000
DATA former<>+8(SB)/8, $0x0404040404040404
DATA former<>+16(SB)/8, $0x0000000000000000
DATA former<>+24(SB)/8, $0x0404040404040404
GLOBL former<>(SB), RODATA|NOPTR, $32

// The same of its third and fourth.
DATA latter<>+0(SB)/8, $0x0808080808080808
DATA latter<>+8(SB)/8, $0x0c0c0c0c0c0c0c0c
DATA latter<>+16(SB)/8, $0x0808080808080808
DATA latter<>+24(SB)/8, $0x0c0c0c0c0c0c0c0c
GLOBL latter<>(SB), RODATA|NOPTR, $32

// The bytes of four samples, twice in each half.
DATA bytes<>+0(SB)/8, $0x0706050403020100
DATA bytes<>+8(SB)/8, $0x0706050403020100
DATA bytes<>+16(SB)/8, $0x0706050403020100
DATA bytes<>+24(SB)/8, $0x0706050403020100
GLOBL bytes<>(SB), RODATA|NOPTR, $32

// HEIGHT sets R9 to the address of the first of four rows around the height AX, and AX to the weights at BX for that height.
// Row 0 of the plane begins with its border at SI, and rows are R8 bytes apart.
#define HEIGHT \
	MOVQ  AX, R9                \
	SARQ  $const_fractionBits, R9       \
	ADDQ  $(const_border-1), R9 \
	IMULQ R8, R9                \
	ADDQ  SI, R9                \
	SHRQ  $(const_fractionBits-7), AX   \
	ANDQ  $(const_phases-1), AX \
	SHLQ  $5, AX                \
	ADDQ  BX, AX

// func mixVector(scanlines *scanline, n int, lanes *[phases][4]uint64)
TEXT ·mixVector(SB), NOSPLIT, $8-24
	MOVQ  scanlines+0(FP), DI
	MOVQ  n+8(FP), CX
	MOVQ  lanes+16(FP), BX
	IMULQ $scanline__size, CX
	ADDQ  DI, CX
	MOVQ  CX, end-8(SP)

	// 64 in each word: half of the divisor, for rounding.
	VPCMPEQW Y15, Y15, Y15
	VPSRLW   $15, Y15, Y15
	VPSLLW   $6, Y15, Y15

scanline:
	MOVQ scanline_x(DI), DX
	ADDQ $const_border, DX
	MOVQ scanline_plane(DI), SI
	MOVQ scanline_other(DI), R14
	LEAQ scanline_mixed(DI), R12

plane:
	MOVQ  scanline_y(DI), AX
	MOVQ  AX, CX
	MOVQ  scanline_rise(DI), R11
	MOVQ  plane_stride(SI), R8
	MOVQ  plane_pix(SI), SI
	LEAQ  (SI)(DX*2), SI
	LEAQ  (R8)(R8*2), R10
	HEIGHT
	TESTQ R11, R11
	JNE   climb

	VPBROADCASTQ 0(AX), Y0
	VPBROADCASTQ 8(AX), Y1
	VPBROADCASTQ 16(AX), Y2
	VPBROADCASTQ 24(AX), Y3
	VPMULLW      (R9), Y0, Y4
	VPMULLW      (R9)(R8*1), Y1, Y5
	VPMULLW      (R9)(R8*2), Y2, Y6
	VPMULLW      (R9)(R10*1), Y3, Y7
	VPADDW       Y15, Y4, Y4
	VPADDW       Y6, Y5, Y5
	VPADDW       Y7, Y4, Y4
	VPADDW       Y5, Y4, Y4
	VPSRLW       $7, Y4, Y4
	VMOVDQU      Y4, (R12)
	CMPQ         scanline_other(DI), $0
	JNE          mixed

	// A row of luma needs eight more.
	VPMULLW 32(R9), X0, X4
	VPMULLW 32(R9)(R8*1), X1, X5
	VPMULLW 32(R9)(R8*2), X2, X6
	VPMULLW 32(R9)(R10*1), X3, X7
	VPADDW  X15, X4, X4
	VPADDW  X6, X5, X5
	VPADDW  X7, X4, X4
	VPADDW  X5, X4, X4
	VPSRLW  $7, X4, X4
	VMOVDQU X4, 32(R12)

mixed:
	TESTQ R14, R14
	JEQ   next
	MOVQ  R14, SI
	XORL  R14, R14
	LEAQ  scanline_mixedOther(DI), R12
	JMP   plane

next:
	ADDQ $scanline__size, DI
	CMPQ DI, end-8(SP)
	JNE  scanline
	VZEROUPPER
	RET

climb:
	MOVQ scanline_run(DI), R13
	MOVQ $24, R15
	CMPQ scanline_other(DI), $0
	JEQ  few
	MOVQ $16, R15

few:
	// Only the first samples of the run count; the next step overwrites the others.
	VPBROADCASTQ 0(AX), X0
	VPBROADCASTQ 8(AX), X1
	VPBROADCASTQ 16(AX), X2
	VPBROADCASTQ 24(AX), X3
	VPMULLW      (R9), X0, X4
	VPMULLW      (R9)(R8*1), X1, X5
	VPMULLW      (R9)(R8*2), X2, X6
	VPMULLW      (R9)(R10*1), X3, X7
	VPADDW       X15, X4, X4
	VPADDW       X6, X5, X5
	VPADDW       X7, X4, X4
	VPADDW       X5, X4, X4
	VPSRLW       $7, X4, X4
	VMOVDQU      X4, (R12)

	ADDQ R11, CX
	MOVQ CX, AX
	LEAQ (SI)(R13*2), SI
	LEAQ (R12)(R13*2), R12
	HEIGHT
	SUBQ R13, R15
	JNE  few
	JMP  mixed

// PLACES computes, for the eight pixels at the positions in Y0, the four weights of each in Y4, a byte each, and the offsets
// of the samples that the first two pixels of each half (Y5) and the last two (Y6) need, from the half's first sample. BX
// holds the weights.
#define PLACES \
	VPSRLD     $(const_fractionBits-7), Y0, Y2 \
	VPAND      Y13, Y2, Y2             \
	VPCMPEQD   Y3, Y3, Y3              \
	VPGATHERDD Y3, (BX)(Y2*4), Y4      \
	VPSRLD     $const_fractionBits, Y0, Y6     \
	VPSHUFD    $0, Y6, Y5              \
	VPSUBD     Y5, Y6, Y6              \
	VPADDD     Y6, Y6, Y6              \
	VPSHUFB    former<>(SB), Y6, Y5    \
	VPSHUFB    latter<>(SB), Y6, Y6    \
	VPADDB     bytes<>(SB), Y5, Y5     \
	VPADDB     bytes<>(SB), Y6, Y6

// TAKE sets out to the sums of the weighted samples of eight pixels. R9 and R10 are the first samples of the first and the
// fifth pixel among the mixed samples of the scanline DI.
#define TAKE(mixed, tmp, halftmp, out) \
	VMOVDQU     mixed(DI)(R9*2), halftmp      \
	VINSERTI128 $1, mixed(DI)(R10*2), tmp, tmp \
	VPSHUFB     Y5, tmp, out                              \
	VPSHUFB     Y6, tmp, tmp                              \
	VPUNPCKLBW  Y12, Y4, Y2                               \
	VPUNPCKHBW  Y12, Y4, Y3                               \
	VPMADDWD    Y2, out, out                              \
	VPMADDWD    Y3, tmp, tmp                              \
	VPHADDD     tmp, out, out                             \
	VPADDD      Y15, out, out                             \
	VPSRLD      $7, out, out

// BEHIND sets to to the sample before the position AX, and moves AX by four pixels.
#define BEHIND(to) \
	MOVL AX, to            \
	SHRL $const_fractionBits, to   \
	LEAL (AX)(DX*4), AX

// EIGHT sets Y0 to the positions of the first eight pixels of the scanline DI and Y1 to their distance; AX and DX get the
// first position and the distance for BEHIND.
#define EIGHT \
	MOVL         scanline_fraction(DI), AX       \
	MOVL         scanline_step(DI), DX    \
	VPBROADCASTD scanline_step(DI), Y1    \
	VPBROADCASTD scanline_fraction(DI), Y0       \
	VPMULLD      eight<>(SB), Y1, Y2     \
	VPADDD       Y2, Y0, Y0

// BYTES makes sixteen bytes in X8 of the sums of the pixels 0 to 7 in Y8 and 8 to 15 in Y9.
#define BYTES \
	VPACKSSDW    Y9, Y8, Y8  \
	VPSUBW       Y14, Y8, Y8 \
	VPACKUSWB    Y8, Y8, Y8  \
	VEXTRACTI128 $1, Y8, X9  \
	VPUNPCKLDQ   X9, X8, X8

// CONSTANTS are 0, 127 in double words, 128 in words and 64 in double words.
#define CONSTANTS \
	VPXOR    Y12, Y12, Y12 \
	VPCMPEQD Y13, Y13, Y13 \
	VPSRLW   $15, Y13, Y14 \
	VPSLLW   $7, Y14, Y14  \
	VPSRLD   $31, Y13, Y15 \
	VPSLLD   $6, Y15, Y15  \
	VPSRLD   $25, Y13, Y13

// func readVector(scanlines *scanline, n int, row *byte, packed *[phases]uint32)
TEXT ·readVector(SB), NOSPLIT, $0-32
	MOVQ scanlines+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ row+16(FP), SI
	MOVQ packed+24(FP), BX
	CONSTANTS

scanline:
	EIGHT
	VPSLLD       $3, Y1, Y11
	VPADDD       Y0, Y11, Y11
	PLACES
	BEHIND(R9)
	BEHIND(R10)
	TAKE(scanline_mixed, Y7, X7, Y8)
	VMOVDQA      Y11, Y0
	PLACES
	BEHIND(R9)
	BEHIND(R10)
	TAKE(scanline_mixed, Y7, X7, Y9)

	BYTES
	MOVQ         scanline_to(DI), R8
	VMOVDQU      X8, (SI)(R8*1)
	ADDQ         $scanline__size, DI
	DECQ         CX
	JNE          scanline
	VZEROUPPER
	RET

// func readPairsVector(scanlines *scanline, n int, u, v *byte, packed *[phases]uint32)
TEXT ·readPairsVector(SB), NOSPLIT, $0-40
	MOVQ scanlines+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ u+16(FP), SI
	MOVQ v+24(FP), R11
	MOVQ packed+32(FP), BX
	CONSTANTS

pair:
	EIGHT
	PLACES
	BEHIND(R9)
	BEHIND(R10)
	TAKE(scanline_mixed, Y7, X7, Y8)
	TAKE(scanline_mixedOther, Y7, X7, Y9)

	BYTES
	MOVQ         scanline_to(DI), R8
	VMOVQ        X8, (SI)(R8*1)
	VPEXTRQ      $1, X8, (R11)(R8*1)
	ADDQ         $scanline__size, DI
	DECQ         CX
	JNE          pair
	VZEROUPPER
	RET

// BLEND blends the 16-bit words over into the words below by the opacity alpha, in 256ths, with 255 as fully opaque. It needs 256 in Y14 and 128 in Y15.
#define BLEND(below, over, alpha, rest, all, half) \
	VPSRLW  $7, alpha, rest      \
	VPADDW  rest, alpha, alpha   \
	VPSUBW  alpha, all, rest     \
	VPMULLW rest, below, below   \
	VPMULLW alpha, over, over    \
	VPADDW  half, below, below   \
	VPADDW  over, below, below   \
	VPSRLW  $8, below, below

// HALVES are 256 and 128 in words.
#define HALVES \
	VPCMPEQW Y13, Y13, Y13 \
	VPSRLW   $15, Y13, Y13 \
	VPSLLW   $8, Y13, Y14  \
	VPSLLW   $7, Y13, Y15

// func blendVector(scanlines *scanline, n int, row, colour, alpha *byte)
TEXT ·blendVector(SB), NOSPLIT, $0-40
	MOVQ scanlines+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ row+16(FP), SI
	MOVQ colour+24(FP), R8
	MOVQ alpha+32(FP), R9
	HALVES

scanline:
	MOVQ         scanline_to(DI), AX
	VPMOVZXBW    (SI)(AX*1), Y0
	VPMOVZXBW    (R8)(AX*1), Y1
	VPMOVZXBW    (R9)(AX*1), Y2
	BLEND(Y0, Y1, Y2, Y3, Y14, Y15)
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB    X1, X0, X0
	VMOVDQU      X0, (SI)(AX*1)
	ADDQ         $scanline__size, DI
	DECQ         CX
	JNE          scanline
	VZEROUPPER
	RET

// func blendHalfVector(scanlines *scanline, n int, row, colour, alpha *byte)
TEXT ·blendHalfVector(SB), NOSPLIT, $0-40
	MOVQ scanlines+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ row+16(FP), SI
	MOVQ colour+24(FP), R8
	MOVQ alpha+32(FP), R9
	HALVES

scanline:
	MOVQ      scanline_to(DI), AX
	VPMOVZXBW (SI)(AX*1), X0
	VPMOVZXBW (R8)(AX*1), X1
	VPMOVZXBW (R9)(AX*1), X2
	BLEND(X0, X1, X2, X3, X14, X15)
	VPACKUSWB X0, X0, X0
	VMOVQ     X0, (SI)(AX*1)
	ADDQ      $scanline__size, DI
	DECQ      CX
	JNE       scanline
	VZEROUPPER
	RET
