/* test_cxx.cpp - clfiber.hpp: types, ownership, exceptions, host calls. Each check names what went
 * wrong. */
#include <clfiber.hpp>

#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>

static int passed, failed;

#define CHECK(condition)                                                      \
    do {                                                                      \
        if (condition) {                                                      \
            passed++;                                                         \
        } else {                                                              \
            failed++;                                                         \
            std::cout << "line " << __LINE__ << ": not so: " #condition "\n"; \
        }                                                                     \
    } while (0)

/* The expression throws Exception, and the test given as the rest holds of it, called e. */
#define THROWS(Exception, expression, ...) \
    do {                                   \
        bool thrown = false;               \
        try {                              \
            (void)(expression);            \
        } catch (const Exception &e) {     \
            thrown = true;                 \
            CHECK(__VA_ARGS__);            \
        }                                  \
        CHECK(thrown &&#expression);       \
    } while (0)

static const char program[] = R"(
typedef struct { int x; float y; } point;
fiber long fib(int n)
{
    if (n < 2)
        return n;
    long a = spawn fib(n - 1), b = spawn fib(n - 2);
    sync;
    return a + b;
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
fiber void endless(void)
{
    while (1)
        yield;
}
)";

static const char memory_program[] = R"(
env {
    __global int *data;
    int factor;
};
fiber void mark(int i)
{
    env.data[i] = i * env.factor;
}
)";

struct point {
    cl_int x;
    cl_float y;
};

static void test_results()
{
    clf::scheduler s;
    s.build(program);
    auto fib = s.fiber<cl_long(cl_int)>("fib");
    CHECK(fib(20).get() == 6765);
    auto h = fib(15);
    CHECK(!h.done());
    CHECK(h.get_for(60) == std::optional<cl_long>(610));
    CHECK(!h);
    THROWS(clf::error, h.get(), e.status() == CLF_STALE_HANDLE);

    auto moved = s.fiber<point(point, cl_int)>("moved");
    point p = moved({3, 4.5f}, 2).get();
    CHECK(p.x == 5 && p.y == 2.5f);

    auto some = fib.many({1, 2, 3, 4, 5, 6, 7});
    auto first = s.wait_any(some);
    CHECK(first && *first < some.size() && some[*first].done());
    CHECK(s.run() == clf::outcome::done);
    CHECK(s.drain(3).size() == 3);
    CHECK(s.drain().size() == 4);
    std::vector<cl_long> results;
    for (auto &one : some)
        results.push_back(one.get());
    CHECK((results == std::vector<cl_long>{1, 1, 2, 3, 5, 8, 13}));
    CHECK(fib.many({}).empty());
    CHECK(s.stats().total.completed > 1000);
    CHECK(s.worker_counters(0).segments > 0);
    s.reset_stats();
    CHECK(s.stats().total.completed == 0);
}

static void test_memory()
{
    clf::scheduler s;
    s.build(memory_program);
    std::vector<cl_int> data(100, -1), expected(100);
    cl_mem buffer = clCreateBuffer(s.context(), CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                   data.size() * sizeof(cl_int), data.data(), nullptr);
    auto mark = s.fiber<void(cl_int)>("mark");
    std::iota(expected.begin(), expected.end(), 0);
    mark.many(expected);
    THROWS(clf::error, s.run(), e.status() == CLF_UNBOUND_ENV);
    CHECK(s.env().size() == 2 && s.env()[1].name == std::string("factor"));
    s.bind("data", buffer);
    s.bind("factor", cl_int(3));
    THROWS(clf::error, s.bind("factor", cl_long(3)), e.status() == CLF_WRONG_SIZE);
    THROWS(clf::error, s.bind("nothing", 1),
           e.status() == CLF_UNKNOWN_ENV &&
               std::string(e.what()).find("factor") != std::string::npos);
    cl_event event = nullptr;
    s.enqueue_slice({}, &event);
    CHECK(clWaitForEvents(1, &event) == CL_SUCCESS);
    clReleaseEvent(event);
    while (s.step())
        ;
    clEnqueueReadBuffer(s.queue(), buffer, CL_TRUE, 0, data.size() * sizeof(cl_int), data.data(), 0,
                        nullptr, nullptr);
    clReleaseMemObject(buffer);
    for (cl_int &e : expected)
        e *= 3;
    CHECK(data == expected);
}

static void test_errors()
{
    clf::scheduler s;
    THROWS(clf::error, s.fiber<cl_int(cl_int)>("fib"), e.status() == CLF_NO_PROGRAM);
    THROWS(clf::build_error, s.build("fiber int f(int n)\n{\n    return spawn f(n);\n}\n"),
           e.log().find("3:12") != std::string::npos && e.status() == CLF_BUILD_FAILED);
    CHECK(!s.build_log().empty());
    s.build(program);
    CHECK(s.fibers().size() == 4 && s.fibers()[0].name == std::string("fib"));
    CHECK(s.env().empty());
    CHECK(s.generated_source().find("clf_segment_fib") != std::string::npos);
    THROWS(clf::error, s.fiber<cl_int(cl_int)>("fib"), e.status() == CLF_WRONG_SIZE);
    THROWS(clf::error, s.fiber<cl_long(cl_long)>("fib"), e.status() == CLF_WRONG_SIZE);
    THROWS(clf::error, s.fiber<cl_long()>("fib"), e.status() == CLF_WRONG_SIZE);
    THROWS(clf::error, s.fiber<cl_long(cl_int)>("fob"), e.status() == CLF_UNKNOWN_FIBER);
    auto broken = s.fiber<cl_int(cl_int)>("broken");
    auto h = broken(77);
    THROWS(clf::fiber_failed, h.get(), e.code() == 77 && e.fiber() == "broken" && e.line() == 19 && e.file() == "fiber source");
    CHECK(!h);

    auto endless = s.fiber<void()>("endless");
    auto forever = endless();
    CHECK(!forever.get_for(0.01));
    CHECK(forever);
    s.interrupt();
    CHECK(s.run() == clf::outcome::interrupted);
    CHECK(s.run(0.01) == clf::outcome::timeout);
    CHECK(s.dump().find("endless") != std::string::npos);
    forever.cancel_after(1000);
    forever.cancel_after(clf::forever);
    forever.cancel();
    THROWS(clf::error, (forever.get(), 0), e.status() == CLF_CANCELLED);
    CHECK(!forever);
    endless().detach();
    s.cancel_all();
    CHECK(s.run() == clf::outcome::done);

    for (const clf_litmus_row &row : clf::scheduler().litmus(CLF_TIER_LEGACY, 100))
        CHECK(row.rounds >= 100);
    clf::options wrong;
    wrong.workers = 1000000;
    THROWS(clf::error, clf::scheduler{wrong},
           e.status() == CLF_BAD_ARGUMENT && std::string(e.name()) == "CLF_BAD_ARGUMENT");
}

static void test_ownership()
{
    auto s = std::make_unique<clf::scheduler>();
    s->build(program);
    auto fib = s->fiber<cl_long(cl_int)>("fib");
    auto a = fib(10);
    clf::handle<cl_long> b = std::move(a);
    CHECK(!a && b && b.get() == 55);
    {
        auto dropped = fib(11);
    }
    CHECK(s->run() == clf::outcome::done);
    CHECK(s->drain().empty()); /* the dropped one was detached */
    clf::handle<cl_long> late = fib(5);
    clf::scheduler same(s->context(), s->device(), s->queue());
    CHECK(same.queue() == s->queue());
    same.build(program);
    CHECK(same.fiber<cl_long(cl_int)>("fib")(7).get() == 13);
    {
        auto only_owner = std::move(fib); /* a fiber keeps the scheduler */
        s.reset();
        CHECK(late.get() == 5);
        late = only_owner(6);
    }
    THROWS(clf::error, late.get(), e.status() == CLF_STALE_HANDLE);
    late.detach();
}

static std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

static void test_calls()
{
    clf::scheduler s;
    s.build(read_file(TEST_PROGRAMS "/hostcall.cl"));
    auto bare = s.fiber<cl_int(cl_uint)>("bare");
    int calls = 0;
    clf_hostcall *waiting = nullptr;
    s.on_call(4, [&](clf_hostcall &) { return calls++, 0; });
    s.on_call(5, [&](clf_hostcall &) -> std::int32_t { throw std::out_of_range("five"); });
    s.on_call(6, [&](clf_hostcall &call) {
        waiting = &call;
        return CLF_CALL_LATER;
    });
    CHECK(bare(4).get() == 0 && calls == 1);
    auto five = bare(5);
    THROWS(std::out_of_range, five.get(), e.what() == std::string("five"));
    auto six = bare(6);
    CHECK(!six.get_for(0.01));
    CHECK(waiting && waiting->number == 6);
    s.finish_call(*waiting, 9);
    CHECK(six.get() == 9);
    s.on_call(4, nullptr);
    CHECK(bare(4).get() == CLF_FAIL_NO_CALL);
    s.file(0, 0);
    s.file(0, -1);

    std::vector<std::string> lines;
    s.on_print([&](std::string_view line) { lines.emplace_back(line); });
    s.fiber<cl_uint(cl_uint, cl_uint)>("writer")(7, 2).get();
    CHECK(lines.size() == 2 && lines[1].substr(0, 8) == "fiber 7 ");
    s.on_print(nullptr);
}

static void test_completions()
{
    clf::scheduler s;
    s.build(program);
    auto fib = s.fiber<cl_long(cl_int)>("fib");
    std::vector<clf::handle<cl_long>> some = fib.many({10, 11, 12});
    int called = 0;
    some[0].on_completion([&] { called++; });
    cl_event event = s.completion_event(some);
    CHECK(s.completion_fd() >= 0);
    s.start_thread();
    THROWS(clf::error, (s.start_thread(), 0), e.status() == CLF_BUSY);
    CHECK(clWaitForEvents(1, &event) == CL_SUCCESS);
    clReleaseEvent(event);
    CHECK(some[2].get() == 144);
    s.stop_thread();
    CHECK(called == 1);
    auto thrower = fib(3);
    thrower.on_completion([] { throw std::length_error("done"); });
    THROWS(std::length_error, thrower.get(), e.what() == std::string("done"));
    fib(30).on_completion(
        [&] { called++; }); /* dropped with the scheduler or called: freed in any case */
}

int main()
{
    CHECK(clf::version() == CLF_VERSION);
    CHECK(clf::to_string(CLF_TIER_C11) == std::string("c11") &&
          clf::to_string(CLF_SHARED) == std::string("shared"));
    try {
        CHECK(!clf::devices().empty());
    } catch (const clf::error &e) {
        std::cout << e.what() << "\n";
        return e.status() == CLF_NO_DEVICE ? 77 : 1;
    }
    clf::scheduler s;
    CHECK(s.get() != nullptr && s.settings().workers > 0 &&
          *s.tier_reason(s.settings().tier) != '\0');
    for (auto test :
         {test_results, test_memory, test_errors, test_ownership, test_calls, test_completions})
        try {
            test();
        } catch (const std::exception &e) {
            failed++;
            std::cout << "unexpected: " << e.what() << "\n";
        }
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed != 0;
}
