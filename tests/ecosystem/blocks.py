"""blocks.py TOP BUILD PAGE...: compiles and runs the code blocks of documentation, page by page as a reader would.

A page is Markdown (blocks between ``` lines, or indented) or a manual page (blocks between .EX and .EE). The blocks of a
page are worked through in order in one folder, so that a later one can use the files of an earlier one. What to do with a
block stands in a comment before it, <!-- check: RULE --> or .\\" check: RULE, several rules apart by semicolons:

    file NAME                save it as NAME; a .fib is translated, a .c or .cpp is compiled
    save NAME                only save it
    program [ARGS]           it is a C or C++ program: compile and run it
    program [ARGS] = TEXT    and it prints TEXT, with | between lines
    fiber F ARGS = TEXT      it is a fiber program: clfrun prints TEXT for the fiber F
    run                      it is a dialogue: lines that begin with '$ ' are commands, the others what they print
                             ('...' stands for anything). Nothing printed: what the command prints is not compared
    commands                 each line is a command; they have to succeed
    output of COMMAND        it is what COMMAND prints
    skip REASON              it is not run here, for that reason

Without a rule: a dialogue is run, a fiber program that begins with '// run:' (as in tests/fibers) is run on the device.
Any other block fails.
"""
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys

TIMEOUT = 60 * int(os.environ.get('CLF_TEST_TIMEOUT_MULTIPLIER', '2'))


class Failure(Exception):
    pass


class Block:
    def __init__(self, line, rule, text):
        self.line, self.rule, self.text = line, rule, text


def markdown_blocks(text):
    """Fenced and indented blocks. An indented one counts only after an empty line and outside of lists."""
    blocks, rule, rule_line = [], None, 0
    lines = text.split('\n')
    i, in_list = 0, False
    while i < len(lines):
        line = lines[i]
        comment = re.match(r'<!-- check: (.*?) -->$', line)
        if comment:
            rule, rule_line = comment.group(1), i
        elif line.startswith('```'):
            end = i + 1
            while end < len(lines) and lines[end] != '```':
                end += 1
            blocks.append(Block(i + 2, rule, '\n'.join(lines[i + 1:end]) + '\n'))
            rule, i = None, end
        elif re.match(r'    \S', line) and (i == 0 or not lines[i - 1].strip()) and (not in_list or rule):
            end = i
            while end < len(lines) and (re.match(r'    ', lines[end]) or not lines[end].strip()):
                end += 1
            body = '\n'.join(l[4:] for l in lines[i:end]).rstrip('\n') + '\n'
            blocks.append(Block(i + 1, rule, body))
            rule, i = None, end - 1
        elif line.strip():
            if rule:
                raise Failure(f'{rule_line + 1}: no block follows the rule "{rule}"')
            in_list = bool(re.match(r'([-*]|\d+\.) ', line)) or (in_list and line.startswith('  '))
        i += 1
    return blocks


def manual_blocks(text):
    blocks, rule = [], None
    lines = text.split('\n')
    i = 0
    while i < len(lines):
        comment = re.match(r'\.\\" check: (.*)$', lines[i])
        if comment:
            rule = comment.group(1)
        elif lines[i] == '.EX':
            end = lines.index('.EE', i)
            body = '\n'.join(re.sub(r'^\\&', '', l) for l in lines[i + 1:end]) + '\n'
            body = body.replace('\\-', '-').replace('\\(aq', "'").replace('\\e', '\\')
            blocks.append(Block(i + 2, rule, body))
            rule, i = None, end
        i += 1
    return blocks


class Page:
    def __init__(self, path, folder, environment, top):
        self.path, self.folder, self.environment, self.top = path, folder, environment, top
        self.done = self.skipped = 0
        self.report = []

    def shell(self, command, errors=subprocess.STDOUT):
        try:
            r = subprocess.run(['sh', '-c', command], cwd=self.folder, env=self.environment, timeout=TIMEOUT,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                               text=True, errors='replace')
        except subprocess.TimeoutExpired:
            raise Failure(f'$ {command}\nhas not ended after {TIMEOUT} s')
        return r.returncode, r.stdout

    def must(self, command):
        status, out = self.shell(command)
        if status != 0:
            raise Failure(f'$ {command}\nexit status {status}\n{out}')
        return out

    def save(self, name, text):
        with open(os.path.join(self.folder, name), 'w') as f:
            f.write(text)

    def compile(self, name):
        base, kind = os.path.splitext(name)
        if kind == '.fib':
            self.must(f'clfcc --check {shlex.quote(name)}')
        elif kind in ('.c', '.cpp'):
            self.must(f'{"cc" if kind == ".c" else "c++"} -o {base} {name} $(pkg-config --cflags --libs clfiber OpenCL)')

    def same(self, command, wanted, out):
        def tidy(text):
            return '\n'.join(l.rstrip() for l in text.strip('\n').split('\n'))
        pattern = re.escape(tidy(wanted)).replace(re.escape('...'), '[\\s\\S]*')
        if not re.fullmatch(pattern, tidy(out)):
            raise Failure(f'$ {command}\nprints\n{out}\ninstead of\n{wanted}')

    def dialogue(self, text):
        steps = []
        for line in text.rstrip('\n').split('\n'):
            if steps and steps[-1][0].endswith('\\') and not steps[-1][1]:
                steps[-1][0] += '\n' + line
            elif line.startswith('$ '):
                steps.append([line[2:], []])
            elif steps:
                steps[-1][1].append(line)
            else:
                raise Failure('a dialogue begins with a command')
        for command, printed in steps:
            out = self.must(command)
            if any(printed):
                self.same(command, '\n'.join(printed), out)

    def program(self, text, rest):
        arguments, _, wanted = rest.partition('=')
        name = 'block.cpp' if re.search(r'#include <(iostream|clfiber\.hpp|vector|string|array|thread)>', text) else 'block.c'
        self.save(name, text)
        self.compile(name)
        out = self.must(f'./block {arguments.strip()}')
        if wanted:
            self.same('the program', wanted.strip().replace('|', '\n'), out)

    def fiber(self, text, rest):
        call, _, wanted = rest.partition('=')
        self.save('block.fib', text)
        status, out = self.shell(f'clfrun -- block.fib {call.strip()}', None)
        if status != 0:
            raise Failure(f'{call}\nexit status {status}\n{out}')
        self.same(call, wanted.strip(), out)

    def example(self, text):
        """A program in the form of tests/fibers: its first lines say what to run and what comes out."""
        head = dict(re.findall(r'^// (run|expect|fails): (.*)$', text, re.M))
        options = ' '.join(f'--env={shlex.quote(e)}' for e in re.findall(r'^// env: (.*)$', text, re.M))
        self.save('block.fib', text)
        status, out = self.shell(f'clfrun {options} -- block.fib {head["run"]}', None)
        if status != int(head.get('fails', 0)) & 255:
            raise Failure(f'exit status {status}\n{out}')
        if 'expect' in head:  # behind what the fibers themselves may have printed
            self.same(head['run'], head['expect'], out.rstrip('\n').split('\n')[-1])

    def obey(self, rule, text):
        word, _, rest = rule.strip().partition(' ')
        if word == 'file':
            self.save(rest, text)
            self.compile(rest)
        elif word == 'save':
            self.save(rest, text)
        elif word == 'program':
            self.program(text, rest)
        elif word == 'fiber':
            self.fiber(text, rest)
        elif word == 'run':
            self.dialogue(text)
        elif word == 'commands':
            self.must('set -e\n' + text)
        elif word == 'output' and rest.startswith('of '):
            self.same(rest[3:], text, self.must(rest[3:]))
        else:
            raise Failure(f'there is no rule "{rule}"')

    def check(self, block):
        if block.rule and block.rule.startswith('skip '):
            self.skipped += 1
            self.report.append(f'{self.path}:{block.line}: not run: {block.rule[5:]}')
            return
        self.done += 1
        if block.rule:
            for rule in re.split(r'; (?=(?:file|save|program|fiber|run|commands|output)\b)', block.rule):
                self.obey(rule, block.text)
        elif block.text.startswith('$ '):
            self.dialogue(block.text)
        elif block.text.startswith('// run: '):
            self.example(block.text)
        else:
            raise Failure('no rule says what to do with this block (see tests/ecosystem/blocks.py)')

    def check_all(self):
        failures = 0
        os.makedirs(self.folder)
        with open(os.path.join(self.top, self.path), encoding='utf-8') as f:
            text = f.read()
        try:
            blocks = markdown_blocks(text) if self.path.endswith('.md') else manual_blocks(text)
        except (Failure, ValueError) as e:
            self.report.append(f'{self.path}: {e}')
            return 1
        for block in blocks:
            try:
                self.check(block)
            except Failure as e:
                failures += 1
                self.report.append(f'{self.path}:{block.line}: {e}')
        return failures


def write_script(path, text):
    with open(path, 'w') as f:
        f.write('#!/bin/sh\n' + text + '\n')
    os.chmod(path, 0o755)


def prepare(top, build, work):
    """A folder of commands and a pkg-config file that lead to what was built: as if it had been installed."""
    commands = os.path.join(work, 'bin')
    os.makedirs(commands)
    flags = os.environ.get('CLF_SANITIZER_FLAGS', '')
    warnings = '-Wall -Wextra -Werror'
    for name, variable, default in (('cc', 'CC', 'cc'), ('c++', 'CXX', 'c++')):
        compiler = os.environ.get(variable) or shutil.which(default) or default # not the script that is written here
        write_script(os.path.join(commands, name), f'exec {compiler} {warnings} {flags} "$@" {flags}')
    for folder in ('tools', 'bench'):
        for name in os.listdir(os.path.join(build, folder)):
            program = os.path.join(build, folder, name)
            if os.path.isfile(program) and os.access(program, os.X_OK) and '.' not in name and not name.startswith('test'):
                write_script(os.path.join(commands, name), f'exec {shlex.quote(program)} "$@"')
    if os.environ.get('PYTHON'):
        write_script(os.path.join(commands, 'python3'), f'exec {os.environ["PYTHON"]} "$@"')
    libraries = os.path.join(build, '.libs')
    with open(os.path.join(work, 'clfiber.pc'), 'w') as f:
        f.write(f'Name: clfiber\nDescription: not installed yet\nVersion: 0\nCflags: -I{top}/include\n'
                f'Libs: -L{libraries} -lclfiber -Wl,-rpath,{libraries}\n')
    environment = dict(os.environ)
    environment['PATH'] = commands + ':' + environment['PATH']
    environment['PKG_CONFIG_PATH'] = work + ':' + environment.get('PKG_CONFIG_PATH', '')
    environment['PYTHONPATH'] = os.path.join(top, 'python')
    environment['CLFIBER_LIBRARY'] = os.path.join(libraries, 'libclfiber.so')
    return environment


def main():
    top, build = map(os.path.abspath, sys.argv[1:3])
    work = os.path.join(os.getcwd(), f'blocks.{os.getpid()}')
    os.makedirs(work)
    failures = done = skipped = 0
    try:
        environment = prepare(top, build, work)
        pages = [Page(p, os.path.join(work, re.sub(r'\W', '_', p)), environment, top) for p in sys.argv[3:]]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for page, failed in zip(pages, pool.map(Page.check_all, pages)):
                print('\n'.join(page.report + [f'{page.path}: {page.done} blocks run, {page.skipped} not']))
                failures += failed
                done += page.done
                skipped += page.skipped
    finally:
        if 'KEEP_BLOCKS' not in os.environ:
            shutil.rmtree(work)
    print(f'{done - failures} passed, {failures} failed, {skipped} skipped')
    return 1 if failures or not done else 0


sys.exit(main())
