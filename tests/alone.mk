# Suites that assert that two workers were at work at one time: while make runs several jobs, each of these waits until it
# has the processors for itself (wrapper.sh). They run last, so that nothing waits for them.

suites_alone = \
	tests/stress/stress \
	tests/test_litmus \
	tests/test_mutex \
	tests/test_once
