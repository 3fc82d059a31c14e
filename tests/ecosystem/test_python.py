"""test_python.py TOP: the Python module: values, errors, host calls; PyOpenCL's context, queue, buffers and events."""
import gc
import struct
import sys
import unittest

import clfiber

TOP = sys.argv.pop(1)

PROGRAM = '''
typedef struct { int x; float y; } point;
env {
    __global int *data;
    int factor;
};
fiber long fib(int n)
{
    if (n < 2)
        return n;
    long a = spawn fib(n - 1), b = spawn fib(n - 2);
    sync;
    return a + b;
}
fiber void mark(int i)
{
    env.data[i] += i * env.factor;
}
fiber point moved(point p, int by)
{
    p.x += by;
    p.y -= by;
    return p;
}
fiber int broken(int code)
{
    fail code;
}
fiber float mean(uchar a, double b, ulong c)
{
    return (float)(a + b + c) / 2;
}
fiber void endless(void)
{
    while (1)
        yield;
}
'''


class WithoutPyOpenCL(unittest.TestCase):
    def setUp(self):
        self.s = clfiber.Scheduler()

    def tearDown(self):
        self.s.close()

    def refuses(self, status, function, *arguments):
        with self.assertRaises(clfiber.Error) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.status, status, str(caught.exception))
        return caught.exception

    def build(self):
        # The env is not bound here: fibers that do not use it need it all the same.
        self.s.build(PROGRAM.replace('env {\n    __global int *data;\n    int factor;\n};\n', '')
                     .replace('env.data[i] += i * env.factor;', ''))

    def test_results(self):
        self.build()
        self.assertEqual(self.s.start('fib', 20).join(), 6765)
        h = self.s.start('fib', 10)
        self.assertFalse(h.done())
        self.assertEqual(self.s.run(), clfiber.Status.OK)
        self.assertTrue(h.done())
        self.assertEqual(h.join(60), 55)
        self.refuses(clfiber.Status.STALE_HANDLE, h.join)
        self.assertIsNone(self.s.start('mark', 1).join())
        self.assertEqual(self.s.start('mean', 255, 0.5, 1 << 40).join(), 549755813888.0)  # as a float
        self.assertEqual(struct.unpack('if', self.s.start('moved', struct.pack('if', 3, 4.5), 2).join()), (5, 2.5))

    def test_many(self):
        self.build()
        handles = self.s.start_many('fib', range(1, 8))
        self.assertTrue(handles[self.s.wait_any(handles)].done())
        self.s.run()
        self.assertEqual(len(self.s.drain(3)), 3)
        self.assertEqual(len(self.s.drain()), 4)
        self.assertEqual([h.join() for h in handles], [1, 1, 2, 3, 5, 8, 13])
        self.assertEqual(self.s.start_many('fib', []), [])
        self.refuses(clfiber.Status.WRONG_COUNT, self.s.start_many, 'moved', [b'12345678'], [])
        self.assertGreater(self.s.stats['total']['completed'], 70)
        self.assertGreater(self.s.worker_counters(0)['segments'], 0)
        self.s.reset_stats()
        self.assertEqual(self.s.stats['total']['completed'], 0)

    def test_values(self):
        self.build()
        for wrong in (1 << 31, -(1 << 31) - 1, 1.5):
            with self.assertRaises(OverflowError, msg=wrong):
                self.s.start('fib', wrong)
        with self.assertRaises(TypeError):
            self.s.start('fib', 'ten')
        self.refuses(clfiber.Status.WRONG_SIZE, self.s.start, 'moved', b'1234567', 1)
        self.refuses(clfiber.Status.WRONG_COUNT, self.s.start, 'fib')
        self.refuses(clfiber.Status.UNKNOWN_FIBER, self.s.start, 'fob', 1)
        self.assertEqual(self.s.start('fib', b'\x0a\0\0\0').join(), 55)

    def test_errors(self):
        self.refuses(clfiber.Status.NO_PROGRAM, self.s.start, 'fib', 1)
        with self.assertRaises(clfiber.BuildError) as caught:
            self.s.build('fiber int f(int n)\n{\n    return spawn f(n);\n}\n')
        self.assertIn('3:12', caught.exception.log)
        self.build()
        self.assertEqual([f['name'] for f in self.s.fibers],
                         ['fib', 'mark', 'moved', 'broken', 'mean', 'endless'])
        self.assertEqual([p['type'] for p in self.s.fibers[4]['params']], ['uchar', 'double', 'ulong'])
        self.assertEqual(self.s.env, [])
        self.assertIn('clf_segment_fib', self.s.generated_source)
        with self.assertRaises(clfiber.FiberFailed) as caught:
            self.s.start('broken', 77).join()
        e = caught.exception
        self.assertEqual(e.file, 'fiber source')
        self.assertEqual((e.code, e.fiber, PROGRAM.splitlines()[e.line + 3].strip()), (77, 'broken', 'fail code;'))
        h = self.s.start('endless')
        self.refuses(clfiber.Status.TIMEOUT, h.join, 0.01)
        self.s.interrupt()
        self.assertEqual(self.s.run(), clfiber.Status.INTERRUPTED)
        self.assertTrue(self.s.step())
        self.assertIsNone(self.s.wait_any([h], 0.01))
        self.refuses(clfiber.Status.BUSY, self.s.build, PROGRAM)
        self.assertIn('endless', self.s.dump())
        late = self.s.start('endless')
        late.cancel_after(0.01)
        self.refuses(clfiber.Status.CANCELLED, late.join)
        h.cancel()
        self.refuses(clfiber.Status.CANCELLED, h.join)
        self.s.start('endless').detach()
        self.s.cancel_all()
        self.assertEqual(self.s.run(), clfiber.Status.OK)
        h = self.s.start('endless')
        self.s.close()
        self.refuses(clfiber.Status.BAD_ARGUMENT, h.join)

    def test_options(self):
        with clfiber.Scheduler(device=0, workers=1, mode=clfiber.Mode.SHARED, slice=clfiber.UNLIMITED) as s:
            self.assertEqual((s.options['workers'], s.options['mode']), (1, clfiber.Mode.SHARED))
            tier = s.options['tier']
            self.assertIn(s.tier_name(tier), ('c11', 'fences', 'nvidia', 'legacy', 'serial'))
            self.assertNotEqual(s.tier_reason(tier), s.tier_reason(clfiber.Tier.TIER_AUTO))
            self.assertEqual(s.mode_name(2), 'shared')
        self.refuses(clfiber.Status.BAD_ARGUMENT, lambda: clfiber.Scheduler(lanes=5000))
        with self.assertRaises(TypeError):
            clfiber.Scheduler(wrokers=1)
        with clfiber.Scheduler() as s:
            rows = s.litmus(s.options['tier'], 100) if s.options['tier'] != clfiber.Tier.TIER_SERIAL else []
            self.assertTrue(all(row['allowed'] or row['weak'] == 0 for row in rows))
        self.assertEqual(clfiber.status_name(-5), 'CL_OUT_OF_RESOURCES')
        self.assertGreater(clfiber.devices()[0]['compute_units'], 0)

    def test_dropped_handles_are_detached(self):
        self.build()
        self.s.start('fib', 5)
        gc.collect()
        self.s.run()
        self.assertEqual(self.s.drain(), [])
        self.assertEqual(self.s.stats['outstanding'], 0)

    def test_completions(self):
        import select
        self.build()
        called = []
        h = self.s.start('fib', 12)
        self.s.on_completion(h, lambda: called.append(1))
        descriptor = self.s.completion_fd()
        self.assertEqual(select.select([descriptor], [], [], 0)[0], [])
        self.s.start_thread()
        self.refuses(clfiber.Status.BUSY, self.s.start_thread)
        self.assertEqual(select.select([descriptor], [], [], 60)[0], [descriptor])
        self.assertEqual(self.s.drain(), [h.number])
        self.assertEqual(h.join(), 144)
        self.s.stop_thread()
        self.assertEqual(called, [1])

    def test_host_calls(self):
        with open(TOP + '/tests/programs/hostcall.cl', encoding='utf-8') as f:
            self.s.build(f.read())
        seen, waiting = [], []

        def later(argument, call):
            waiting.append(call)
            return clfiber.CALL_LATER

        def fails(argument):
            raise KeyError('five')

        self.s.on_call(4, lambda argument: seen.append(argument))
        self.s.on_call(5, fails)
        self.s.on_call(6, later)
        self.assertEqual(self.s.start('bare', 4).join(), 0)
        self.assertEqual(seen, [b''])
        with self.assertRaises(KeyError):
            self.s.start('bare', 5).join()
        h = self.s.start('bare', 6)
        self.refuses(clfiber.Status.TIMEOUT, h.join, 0.01)
        self.s.finish_call(waiting[0], code=9)
        self.assertEqual(h.join(), 9)
        self.s.on_call(4, None)
        self.assertEqual(self.s.start('bare', 4).join(), -31031)
        self.s.on_call(7, lambda argument: struct.pack('Q', 7 + 3 * struct.unpack('II', argument)[0]))
        self.s.start('asker', 1, 7, 2).join()
        lines = []
        self.s.on_print(lines.append)
        self.s.start('writer', 7, 2).join()
        self.assertEqual([line[:8] for line in lines], ['fiber 7 '] * 2)
        self.s.on_print(None)
        self.s.file(0, 0)
        self.s.file(0, -1)


class WithPyOpenCL(unittest.TestCase):
    def setUp(self):
        import pyopencl as cl
        self.cl = cl
        device = next(d for p in cl.get_platforms() for d in p.get_devices())
        self.context = cl.Context([device])
        self.queue = cl.CommandQueue(self.context)

    def test_shared(self):
        import numpy
        cl = self.cl
        data = numpy.full(100, 7, dtype=numpy.int32)
        buffer = cl.Buffer(self.context, cl.mem_flags.READ_WRITE, data.nbytes)
        with clfiber.Scheduler(self.queue) as s:
            self.assertEqual(s.context, self.context)
            self.assertEqual(s.device, self.context.devices[0])
            self.assertEqual(s.queue, self.queue)
            s.build(PROGRAM)
            self.assertEqual([m['name'] for m in s.env], ['data', 'factor'])
            s.bind('data', buffer)
            with self.assertRaises(clfiber.Error) as caught:
                s.run() if s.start('mark', 0) else None
            self.assertEqual(caught.exception.status, clfiber.Status.UNBOUND_ENV)
            s.bind('factor', numpy.int32(3))
            with self.assertRaises(clfiber.Error) as caught:
                s.bind('nothing', 3)
            self.assertIn('factor', str(caught.exception))
            s.start_many('mark', numpy.arange(1, 100, dtype=numpy.int32))
            copied = cl.enqueue_copy(self.queue, buffer, data, is_blocking=False)
            event = s.enqueue_slice([copied])
            event.wait()
            self.assertEqual(event.command_execution_status, cl.command_execution_status.COMPLETE)
            s.run()
            cl.enqueue_copy(self.queue, data, buffer)
            s.start_thread()
            s.completion_event([s.start('mark', 0)]).wait()
            s.stop_thread()
        self.assertTrue((data == 7 + 3 * numpy.arange(100)).all())


if __name__ == '__main__':
    try:
        clfiber.devices()
    except clfiber.Error as e:
        print(e)
        sys.exit(77 if e.status == clfiber.Status.NO_DEVICE else 1)
    unittest.main(verbosity=1)
