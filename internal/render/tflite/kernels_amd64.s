#include "textflag.h"

// Products are rounded before they are added, as in plain Go: no multiply-add.

// func weighVector(sums *[4][8]float32, values *float32, n int, group *float32)
TEXT ·weighVector(SB), NOSPLIT, $0-32
	MOVQ sums+0(FP), DI
	MOVQ values+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ group+24(FP), BX
	LEAQ (SI)(CX*4), R8  // the second pixel's values
	LEAQ (R8)(CX*4), R9
	LEAQ (R9)(CX*4), R10
	VMOVUPS (BX), Y0     // the biases
	VMOVAPS Y0, Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y0, Y3
	XORQ AX, AX
	JMP  check

next:
	ADDQ $32, BX
	VMOVUPS (BX), Y4
	VBROADCASTSS (SI)(AX*4), Y5
	VBROADCASTSS (R8)(AX*4), Y6
	VBROADCASTSS (R9)(AX*4), Y7
	VBROADCASTSS (R10)(AX*4), Y8
	VMULPS Y4, Y5, Y5
	VMULPS Y4, Y6, Y6
	VMULPS Y4, Y7, Y7
	VMULPS Y4, Y8, Y8
	VADDPS Y5, Y0, Y0
	VADDPS Y6, Y1, Y1
	VADDPS Y7, Y2, Y2
	VADDPS Y8, Y3, Y3
	INCQ AX

check:
	CMPQ AX, CX
	JLT  next
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET

// func addProductsVector(to, from, by *float32, n int)
TEXT ·addProductsVector(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ from+8(FP), SI
	MOVQ by+16(FP), BX
	MOVQ n+24(FP), CX
	XORQ AX, AX

products:
	VMOVUPS (SI)(AX*4), Y0
	VMULPS (BX)(AX*4), Y0, Y0
	VADDPS (DI)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  products
	VZEROUPPER
	RET
