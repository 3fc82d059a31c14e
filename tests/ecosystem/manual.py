"""manual.py TOP BUILD: the manual pages against the header, the tools and the variables that the sources read.

Every function of the header has a page whose SYNOPSIS declares it as the header does; every tool has a page with all of
its options; every variable CLFIBER_* that is read is described; groff has nothing to complain about.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

import header

top, build = sys.argv[1:3]
passed, problems = 0, []


def check(good, problem):
    global passed
    if good:
        passed += 1
    else:
        problems.append(problem)


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def section(page, name):
    return re.search(r'^\.SH "?' + name + r'"?\n(.*?)(?=^\.SH |\Z)', page, re.M | re.S).group(1)


pages = {os.path.basename(p): read(p) for p in glob.glob(top + '/man/*.[1-9]')}
makefile = read(top + '/man/local.mk')
for name in pages:
    check(f'man/{name} ' in makefile or f'man/{name}\n' in makefile, f'man/{name} is not in man/local.mk')

# Functions.
declared, named = {}, set()
for name, page in pages.items():
    if not name.endswith('.3'):
        continue
    named |= set(section(page, 'NAME').split(' \\-')[0].replace(',', ' ').split())
    synopsis = ' '.join(re.sub(r'^\.B "?(.*?)"?$', r'\1', line) 
                        for line in section(page, 'SYNOPSIS').split('\n') if line != '.PP')
    for prototype in synopsis.split(';'):
        prototype = ' '.join(prototype.split())
        m = re.search(r'((?:const )?\w+ (?:\w+ )?\**(clf_\w+)\([^()]*\))$', prototype)
        if m:
            declared[m.group(2)] = m.group(1)
functions = header.functions(top)
check(len(functions) > 20, f'only {len(functions)} functions were found in the header')
for function, prototype in functions.items():
    check(declared.get(function) == prototype,
          f'man/*.3: SYNOPSIS of {function}: {declared.get(function, "there is none")}; the header has {prototype}')
    check(function in named, f'man/*.3: no page names {function} under NAME')
for function in declared:
    check(function in functions, f'man/*.3 declares {function}, which the header has not')
for status in header.statuses(top):
    if status != 'CLF_INTERNAL':
        check(any(status in page for page in pages.values()), f'man/*: no page speaks of the status {status}')
options = [member for _, member, _ in header.structures(top)['clf_options'] if member not in ('size', 'first_counter')]
for member in options:
    check(re.search(r'^\.IR? .*\b' + member + r'\b', pages['clf_create.3'], re.M), f'clf_create.3 lacks the option {member}')

# Tools.
tools = re.findall(r'^bin_PROGRAMS \+= (.*)$', '\n'.join(map(read, glob.glob(top + '/*/local.mk') +
                                                             glob.glob(top + '/*/*/local.mk'))), re.M)
for tool in ' '.join(tools).split():
    name = os.path.basename(tool)
    page = pages.get(name + '.1')
    check(page, f'man/{name}.1 is missing')
    if not page:
        continue
    text = page.replace('\\-', '-')
    if not os.path.exists(f'{build}/{tool}'):
        print(f'{tool} was not built: its options were not checked')
        continue
    usage = subprocess.run([f'{build}/{tool}', '--help'], stdout=subprocess.PIPE, text=True).stdout
    known = set(re.findall(r'^ +(?:-., )?(--[a-z-]+)', usage, re.M))
    check(known, f'{name} --help lists no options')
    for option in known:
        check(re.search(re.escape(option) + r'(?![a-z-])', text), f'man/{name}.1 lacks the option {option}')
    for option in re.findall(r'(?<![\w-])--[a-z][a-z-]*', section(text, 'OPTIONS')) if '.SH OPTIONS' in text else []:
        check(option in known, f'man/{name}.1 has the option {option}, which the tool has not')

# Variables.
for source in glob.glob(top + '/lib/*.c') + glob.glob(top + '/tools/**/*.c', recursive=True):
    for variable in re.findall(r'getenv\("(\w+)"\)', read(source)):
        if variable.startswith('CLFIBER'):
            check(variable in pages['clfiber-environment.7'], f'clfiber-environment.7 lacks {variable}')

# Form.
if shutil.which('groff'):
    for name in pages:
        complaint = subprocess.run(['groff', '-man', '-ww', '-Tutf8', '-z', f'{top}/man/{name}'], stderr=subprocess.PIPE,
                                   text=True).stderr
        check(not complaint, complaint)
else:
    print('groff is not installed: the form of the pages was not checked')
for name, page in pages.items():
    for other, number in re.findall(r'^\.BR ([a-z_\\-]+) \((\d)\)', section(page, 'SEE ALSO'), re.M):
        target = other.replace('\\-', '-') + '.' + number
        check(target in pages, f'man/{name}: SEE ALSO {target}, which is not there')

print('\n'.join(problems))
print(f'{passed} passed, {len(problems)} failed')
sys.exit(1 if problems or not passed else 0)
