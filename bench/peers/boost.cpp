/* boost.cpp - the workloads whose fibers talk, on Boost.Fiber: one thread, round robin, its
 * default.
 */
#include <boost/fiber/all.hpp>
#include <boost/version.hpp>

#include <vector>

#include "peer.h"

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

namespace
{

struct place {
    uint64_t count, sum;
};

using fibers = std::vector<boost::fibers::fiber>;
using channel = boost::fibers::buffered_channel<uint32_t>;

void join_all(fibers &all)
{
    for (auto &f : all)
        f.join();
}

void yield_solve(const bench_problem *problem, void *data)
{
    auto places = static_cast<uint32_t *>(data);
    uint32_t rounds = problem->as.flat.rounds;
    fibers all;

    for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
        all.emplace_back([=] {
            for (uint32_t r = 0; r < rounds; r++) {
                places[i]++;
                boost::this_fiber::yield();
            }
        });
    join_all(all);
}

void mutex_solve(const bench_problem *problem, void *data)
{
    auto places = static_cast<place *>(data);
    uint32_t rounds = problem->as.talk.rounds;
    uint64_t turns = 0;
    boost::fibers::mutex lock;
    fibers all;

    for (uint32_t i = 0; i < problem->as.talk.fibers; i++)
        all.emplace_back([=, &turns, &lock] {
            for (uint32_t r = 0; r < rounds; r++) {
                lock.lock();
                uint64_t turn = turns++;
                lock.unlock();
                places[i].count++;
                places[i].sum += turn;
            }
        });
    join_all(all);
}

void channel_solve(const bench_problem *problem, void *data)
{
    auto places = static_cast<place *>(data);
    uint32_t rounds = problem->as.talk.rounds;
    channel line(64);
    fibers all;

    for (uint32_t i = 0; i < problem->as.talk.fibers; i++) {
        all.emplace_back([=, &line] {
            for (uint32_t r = 0; r < rounds; r++) {
                places[i].sum += line.value_pop();
                places[i].count++;
            }
        });
        all.emplace_back([=, &line] {
            for (uint32_t r = 0; r < rounds; r++)
                line.push(r);
        });
    }
    join_all(all);
}

void play(place *mine, uint32_t rounds)
{
    channel there(2), back(2);
    boost::fibers::fiber pong([&] {
        for (uint32_t r = 0; r < rounds; r++) {
            uint32_t ball = there.value_pop();
            mine->sum += ball;
            mine->count++;
            back.push(ball + 1);
        }
    });
    for (uint32_t r = 0; r < rounds; r++) {
        there.push(r);
        mine->sum += back.value_pop();
        mine->count++;
    }
    pong.join();
}

void pingpong_solve(const bench_problem *problem, void *data)
{
    auto places = static_cast<place *>(data);
    uint32_t rounds = problem->as.talk.rounds;
    fibers all;

    for (uint32_t i = 0; i < problem->as.talk.fibers; i++)
        all.emplace_back([=] { play(&places[i], rounds); });
    join_all(all);
}

peer_result run(const bench_problem *problem, unsigned, void *data, peer_count *, double *seconds)
{
    void (*solve)(const bench_problem *, void *) = problem->kind == BENCH_YIELD     ? yield_solve
                                                   : problem->kind == BENCH_MUTEX   ? mutex_solve
                                                   : problem->kind == BENCH_CHANNEL ? channel_solve
                                                   : problem->kind == BENCH_PINGPONG
                                                       ? pingpong_solve
                                                       : nullptr;

    if (!solve)
        return PEER_UNSUPPORTED;

    double start = bench_now();
    solve(problem, data);
    *seconds = bench_now() - start;
    return PEER_OK;
}

} // namespace

extern "C" {
extern const bench_peer peer_boost;
const bench_peer peer_boost = {
    "boost", "Boost.Fiber " STRING(BOOST_LIB_VERSION) ", " COMPILER " -O3 -march=native", 0, run};
}
