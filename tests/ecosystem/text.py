"""text.py TOP: links in the documentation lead somewhere, and codespell finds nothing."""
import glob
import os
import re
import shutil
import subprocess
import sys

top = sys.argv[1]
passed, problems = 0, []


def check(good, problem):
    global passed
    if good:
        passed += 1
    else:
        problems.append(problem)


def anchors(text):
    """What a Markdown heading can be reached by."""
    text = re.sub(r'^```.*?^```', '', text, flags=re.M | re.S)
    return {re.sub(r'[^\w\- ]', '', h.lower()).replace(' ', '-') for h in re.findall(r'^#+ (.*)$', text, re.M)}


pages = [p for p in glob.glob(top + '/*.md') + glob.glob(top + '/*/*.md')]
for page in pages:
    with open(page, encoding='utf-8') as f:
        text = f.read()
    plain = re.sub(r'^```.*?^```|`[^`\n]*`', '', text, flags=re.M | re.S)
    for target in re.findall(r'\]\(([^)\s]+)\)', plain):
        name = f'{os.path.relpath(page, top)}: link to {target}'
        if re.match(r'[a-z]+:', target):
            check(re.match(r'https://[\w.-]+/', target), name + ': not https')
            continue
        path, _, anchor = target.partition('#')
        there = os.path.join(os.path.dirname(page), path) if path else page
        check(os.path.exists(there), name + ': is not there')
        if anchor and os.path.isfile(there):
            with open(there, encoding='utf-8') as f:
                check(anchor in anchors(f.read()), name + ': no such heading')

if shutil.which('codespell'):
    names = [p for folder in ('.', 'doc', 'man', 'lib', 'lib/lang', 'cl', 'include', 'tools', 'tools/info', 'bench',
                              'bench/workloads', 'bench/peers', 'examples', 'python', 'tests', 'tests/ecosystem', 'debian',
                              'editors', '.ci')
             for p in glob.glob(f'{top}/{folder}/*') if os.path.isfile(p) and not p.endswith(('.png', '.gz', '.log', '.trs'))
             and not re.search(r'/(configure|aclocal\.m4|Makefile\.in|config\..*|device_sources\.c)~?$', p)]
    found = subprocess.run(['codespell', '--ignore-words-list', 'deques,befores,te,ans,inout,nd,fo,ue,numer,indx,ser,fpr,parm,bu'] + names,
                           stdout=subprocess.PIPE, text=True).stdout
    check(not found, 'codespell:\n' + found)
else:
    print('codespell is not installed: spelling was not checked')

print('\n'.join(problems))
print(f'{passed} passed, {len(problems)} failed')
sys.exit(1 if problems or not passed else 0)
