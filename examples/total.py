#!/usr/bin/env python3
"""total.py - fibers beside PyOpenCL: a kernel of PyOpenCL fills a buffer, fibers add it up, on one queue.

usage: total.py [COUNT]     needs python3-pyopencl; finds total.fib beside it or in $EXAMPLES_DIR"""
import os
import sys

import pyopencl as cl

import clfiber

count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
folder = os.environ.get('EXAMPLES_DIR', os.path.dirname(os.path.abspath(__file__)))
with open(os.path.join(folder, 'total.fib'), encoding='utf-8') as f:
    source = f.read()

device = next(d for p in cl.get_platforms() for d in p.get_devices())
context = cl.Context([device])
queue = cl.CommandQueue(context)
buffer = cl.Buffer(context, cl.mem_flags.READ_WRITE, 4 * count)
fill = cl.Program(context, '''
__kernel void fill(__global uint *data)
{
    data[get_global_id(0)] = get_global_id(0) + 1;
}
''').build().fill

with clfiber.Scheduler(queue) as scheduler:
    scheduler.build(source)
    scheduler.bind('data', buffer)
    # The queue is in-order: the fibers run behind the kernel, nobody has to wait for it.
    fill(queue, (count,), None, buffer)
    total = scheduler.start('total', 0, count).join()
    print(f'1 + ... + {count} = {total}')
    try:
        scheduler.start('total', 0, -1).join()
    except clfiber.FiberFailed as e:
        print(f'{e.fiber} failed with code {e.code}, as it should')
    sys.exit(total != count * (count + 1) // 2)
