"""check.py TRACE [NAME=VALUE...]: whether a trace is what viewers take, and consistent in itself.

The fields are those that the Trace Event Format asks for of each kind of event. Spans of a thread nest, every beginning has
its end, every arrow two ends that lie in spans. NAME=VALUE: a total of the trace; or `name>=value`, `name>value`.
Besides those that the trace has itself: fibers, spawns, joins (arrows), calls, late_calls, roots_ended; alike: 1 if every fiber is
joined by the one that made it; fib: the n of fib(n) that has the same tree of spawns, -1 if there is none.
"""
import bisect
import collections
import json
import operator
import re
import sys

path, wanted = sys.argv[1], sys.argv[2:]
passed, problems = 0, []


def check(good, problem):
    global passed
    if good:
        passed += 1
    else:
        problems.append(problem)


def ns(microseconds):
    return round(microseconds * 1000)


with open(path, encoding='utf-8') as f:
    trace = json.load(f)
events, total = trace['traceEvents'], trace['clfiber']

FIELDS = {'M': {'name', 'pid', 'args'}, 'X': {'name', 'cat', 'ts', 'dur', 'pid', 'tid'}, 'i': {'name', 's', 'ts', 'pid', 'tid'},
          'C': {'name', 'ts', 'pid', 'args'}, 'b': {'name', 'cat', 'id', 'ts', 'pid', 'tid'},
          'e': {'name', 'cat', 'id', 'ts', 'pid', 'tid'}, 's': {'name', 'cat', 'id', 'ts', 'pid', 'tid'},
          'f': {'name', 'cat', 'id', 'ts', 'pid', 'tid', 'bp'}}
for e in events:
    missing = FIELDS.get(e['ph'], {'a known ph'}) - set(e)
    check(not missing, f'{e} lacks {missing}')
    for number in ('ts', 'dur', 'pid', 'tid'):
        check(e.get(number, 0) >= 0 and not isinstance(e.get(number, 0), (str, bool)), f'{e}: {number}')
    check(e['ph'] != 'C' or all(isinstance(v, (int, float)) for v in e['args'].values()), f'{e}: counters are numbers')
named = {(e['pid'], e['tid']) for e in events if e['ph'] == 'M' and e['name'] == 'thread_name'}
for e in events:
    check(e['ph'] in 'MC' or (e['pid'], e['tid']) in named, f'{e}: its thread has no name')

# Spans nest.
tracks = collections.defaultdict(list)
for e in events:
    if e['ph'] == 'X':
        tracks[e['pid'], e['tid']].append((ns(e['ts']), ns(e['ts']) + ns(e['dur']), e))
for track, spans in tracks.items():
    open_spans = []
    for begin, end, e in sorted(spans, key=lambda s: (s[0], -s[1])):
        while open_spans and open_spans[-1] <= begin:
            open_spans.pop()
        check(not open_spans or end <= open_spans[-1], f'{e} does not nest')
        open_spans.append(end)

# Every beginning has one end.
for first, last in ('be', 'sf'):
    ends = collections.defaultdict(list)
    for e in events:
        if e['ph'] in (first, last):
            ends[e['cat'], e['id']].append(e)
    for pair in ends.values():
        check([e['ph'] for e in sorted(pair, key=lambda e: e['ph'] == last)] == [first, last], f'{pair}: not a pair')
        times = {e['ph']: ns(e['ts']) for e in pair}
        check(times.get(first, 0) <= times.get(last, 0), f'{pair}: ends before it begins')
work = {track: sorted((begin, end) for begin, end, e in spans if e['cat'] == 'work') for track, spans in tracks.items()}
for e in events:
    if e['ph'] in 'sf':
        spans = work.get((e['pid'], e['tid'] - e['tid'] % total['lanes']), [])
        i = bisect.bisect(spans, (ns(e['ts']), 1 << 62)) - 1
        check(i >= 0 and ns(e['ts']) <= spans[i][1], f'{e} is in no span')

# What the totals say is what the events say.
segments = [e for e in events if e['ph'] == 'X' and e['cat'] == 'segment']
steals = [e for e in events if e.get('cat') == 'steal']
work = [e for e in events if e['ph'] == 'X' and e['cat'] == 'work']
counters = [e for e in events if e['ph'] == 'C']
check(len(segments) == total['segments_recorded'], 'segments recorded')
check(len(steals) == total['steals_recorded'], 'steals recorded')
check(sum(e['args']['segments'] for e in work) == total['segments'], 'segments by the workers')
check(sum(e['args']['busy'] for e in counters) == total['segments'], 'segments by the counters')
check(sum(e['args']['idle'] for e in counters) == total['idle_rounds'], 'idle rounds by the counters')
check(sum(e['args']['stolen'] for e in counters) == total['stolen'], 'entries stolen by the counters')
check(sum(e['args']['segment'] == 1 for e in segments) == total['starts'], 'starts')
check(len([e for e in events if e['ph'] == 'X' and e['cat'] == 'slice']) == total['slices'], 'slices')
if not total['steals_dropped']:
    check(len(steals) == total['steals_taken'], 'every steal is recorded')
    check(sum(e['args']['entries'] for e in steals) == total['stolen'], 'entries stolen by the steals')
if total['sample'] == 1 and not total['segments_dropped']:
    inlined = sum(e['args']['inlined'] for e in segments)
    check(len(segments) + inlined == total['segments'], f'{len(segments)} + {inlined} segments of {total["segments"]}')
# A fiber's segments are numbered without a gap, each once, if none was dropped; it is traced from some segment on.
numbers = collections.defaultdict(list)
for e in segments:
    numbers[e['args']['fiber']].append(e['args']['segment'])
for fiber, of in numbers.items():
    check(len(set(of)) == len(of), f'fiber {fiber}: segments {sorted(of)}')
    if not total['segments_dropped']:
        check(max(of) - min(of) + 1 == len(of), f'fiber {fiber}: segments {sorted(of)}')
# An arrow lies in segments of its two fibers (its begin may have been put earlier, see trace_json.c); a spawn leads to a
# first segment; no fiber is spawned or joined twice.
spans = collections.defaultdict(list)
for e in segments:
    spans[e['args']['fiber'], e['tid']].append((ns(e['ts']), ns(e['ts']) + ns(e['dur']), e['args']['segment']))
arrows = collections.defaultdict(dict)
for e in events:
    if e['ph'] in 'sf':
        arrows[e['cat'], e['id']][e['ph']] = e['args']['fiber']
        of = spans[e['args']['fiber'], e['tid']]
        on = {number for begin, end, number in of if begin <= ns(e['ts']) <= end}
        check(on or (of and e['ph'] == 's'), f'{e} is in no segment of its fiber')
        check((e['cat'], e['ph']) != ('spawn', 'f') or 1 in on, f'{e} is not where its fiber begins')
made, joined = {}, {}
for (kind, _), ends in arrows.items():
    known, fiber, other = (made, ends['f'], ends['s']) if kind == 'spawn' else (joined, ends['s'], ends['f'])
    check(fiber not in known and fiber != other, f'{kind} of fiber {fiber}, {other}')
    known[fiber] = other


def shape(fiber, children):
    return tuple(sorted(shape(child, children) for child in children[fiber]))


def fib(most):
    shapes = [(), ()]
    while len(shapes) < most:
        shapes.append(tuple(sorted(shapes[-2:])))
    return shapes


children = collections.defaultdict(list)
for fiber, maker in made.items():
    children[maker].append(fiber)
roots = set(numbers) - set(made)
found = shape(roots.pop(), children) if len(roots) == 1 else None
total['fib'] = next((n for n, expected in enumerate(fib(16)) if expected == found), -1)
total['alike'] = int(made == joined)
total['spawns'], total['joins'] = len(made), len(joined)
total['calls'] = sum(e['ph'] == 'X' and e['cat'] == 'hostcall' for e in events)
total['late_calls'] = sum(e['ph'] == 'b' and e['cat'] == 'hostcall' for e in events)
total['fibers'] = len(numbers)
total['roots_ended'] = sum(e['args']['roots_ended'] for e in events if e.get('cat') == 'slice')

COMPARE = {'=': operator.eq, '>=': operator.ge, '>': operator.gt}
for text in wanted:
    name, how, value = re.fullmatch(r'(\w+)(>=|>|=)(.*)', text).groups()
    is_number = not isinstance(total[name], str)
    check(COMPARE[how](total[name], int(value) if is_number else value), f'{name} is {total[name]}, not {how} {value}')

print('\n'.join(problems[:20]))
print(f'{path}: {passed} passed, {len(problems)} failed')
sys.exit(1 if problems or not passed else 0)
