"""live.py CLFRUN CLFBENCH: the live view of clfrun --stats and clfbench --progress on a terminal (a pty) and in a pipe.

The program runs until it is told to end: a fiber asks the host for a byte of a file until there is one. So nothing depends
on how quick the machine is: the byte is written when two renewals of the line have been seen.
"""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

clfrun, clfbench = sys.argv[1:3]
PATIENCE = 60 * int(os.environ.get('CLF_TEST_TIMEOUT_MULTIPLIER', '1'))
LINE = r'%s: (\d+) fibers done, (\d+) alive, (\d+) steals, (\d+) slices, (\d+\.\d) MiB'
passed, problems = 0, []

SOURCE = '''
typedef struct piece {
    long bytes;
    char data[8];
} piece;

fiber int pause(int n)
{
    clf_file_range range = {1, 1, 0};
    clf_line line = clf_format("a line\\n");
    piece p;
    p.bytes = 0;
    while (p.bytes == 0) {
        await sleep(5000);
        p = await hostcall(CLF_CALL_READ, &range);
    }
    await hostcall(CLF_CALL_PRINT, &line);
    return n;
}
'''


def check(good, problem):
    global passed
    if good:
        passed += 1
    else:
        problems.append(problem)


def on_terminal(command, ready):
    """What the command writes to a pty that is its standard error; ready(text) is asked after each piece."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    text, end = '', time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                text += os.read(master, 4096).decode()
            except OSError:  # the other end is closed
                break
            ready(text)
    else:
        process.kill()
        problems.append(f'{command} did not end: {text!r}')
    out = process.communicate()[0].decode()
    os.close(master)
    return process.returncode, out, text


def in_pipe(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


with tempfile.TemporaryDirectory() as folder:
    source, flag = folder + '/wait.fib', folder + '/flag'
    with open(source, 'w') as f:
        f.write(SOURCE)
    open(flag, 'w').close()
    command = [clfrun, '--stats', f'--file=1={flag}', source, 'pause', '7']

    def go_on(text):
        if len(re.findall(LINE % 'pause', text)) >= 2:
            with open(flag, 'w') as f:
                f.write('x')

    status, out, text = on_terminal(command, go_on)
    lines = re.findall(LINE % 'pause', text)
    check(status == 0 and out == 'a line\n7\n', f'clfrun: status {status}, {out!r}')
    check(len(lines) >= 2, f'clfrun --stats on a terminal: {text!r}')
    check(all(line[:2] == ('0', '1') for line in lines), f'one fiber is alive: {lines}')
    slices = [int(line[3]) for line in lines]
    check(slices == sorted(slices) and slices[0] < slices[-1], f'slices go on: {slices}')
    check(text.count('\r\x1b[K') > len(lines), 'the line is cleared before and after')
    check(text.count('\n') == 1 and re.search(r'\r\x1b\[Kfibers 1, segments [^\r\n]*\r\n$', text),
          f'the last line stays: {text[-300:]!r}')

    status, out, err = in_pipe(command)
    check(status == 0 and out == 'a line\n7\n', f'clfrun in a pipe: status {status}, {out!r}')
    check(re.fullmatch(r'fibers 1, segments [^\r\n]*\n', err), f'clfrun --stats in a pipe: {err!r}')

bench = [clfbench, '--runs=1', '--progress', 'fib:10']
status, out, err = in_pipe(bench)
check(status == 0 and 'fib:10' in out, f'clfbench: status {status}, {out!r}')
check(re.fullmatch(LINE % 'fib:10' + '\n', err), f'clfbench --progress in a pipe: {err!r}')
check(re.match(LINE % 'fib:10', err + ' ').group(1, 2) == ('177', '0'), f'the fibers of fib(10): {err!r}')
status, out, err = in_pipe(bench[:2] + bench[3:])
check(status == 0 and err == '', f'clfbench without --progress: {err!r}')

# On a terminal: until the line has been seen, then Ctrl-C's signal ends it after its slice.
master, slave = pty.openpty()
process = subprocess.Popen([clfbench, '--runs=1000', '--progress', 'fib:34'], stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
text, end = '', time.monotonic() + PATIENCE
while time.monotonic() < end and not re.search(LINE % 'fib:34', text):
    if select.select([master], [], [], 0.1)[0]:
        text += os.read(master, 4096).decode()
process.terminate()
while True:
    try:
        piece = os.read(master, 4096)
    except OSError:
        break
    if not piece:
        break
process.wait()
check(re.search(r'\r\x1b\[K' + LINE % 'fib:34', text), f'clfbench --progress on a terminal: {text[-300:]!r}')

print('\n'.join(problems))
print(f'{passed} passed, {len(problems)} failed')
sys.exit(1 if problems or not passed else 0)
