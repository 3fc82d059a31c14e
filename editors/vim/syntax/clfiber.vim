" The fiber language: OpenCL C and nine words that mean something in certain places.
if exists("b:current_syntax")
  finish
endif
if !empty(globpath(&runtimepath, "syntax/opencl.vim"))
  runtime! syntax/opencl.vim
else
  runtime! syntax/c.vim
  syntax keyword clfiberType uchar ushort uint ulong half bool
  syntax match clfiberType "\<\(u\?char\|u\?short\|u\?int\|u\?long\|float\|double\)\(2\|3\|4\|8\|16\)\>"
  syntax keyword clfiberSpace __global __constant __private __kernel global constant private kernel
endif
unlet! b:current_syntax

syntax match clfiberWord "\<\(fiber\|spawn\|await\|start\)\>\ze\s\+\h"
syntax match clfiberWord "\<\(sync\|yield\)\>\ze\s*;"
syntax match clfiberWord "\<fail\>\ze\s\+[^=;]"
syntax match clfiberWord "\<\(env\|fiber_local\)\>\ze\s*[{.]"
syntax match clfiberWord "\<\(join\|try_join\|detach\|fiber_self\|fiber_worker\|fiber_lane\|fiber_name\|fiber_priority\|set_name\|set_priority\)\>\ze\s*("
syntax keyword clfiberType fiber_t

highlight default link clfiberWord Statement
highlight default link clfiberType Type
highlight default link clfiberSpace StorageClass
let b:current_syntax = "clfiber"
