/* total.cpp - the C++ interface: a typed fiber, a buffer, an exception.
 *
 * usage: total [COUNT] */
#include <clfiber.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <numeric>
#include <sstream>

static std::string read_file(const std::string &name)
{
    const char *folder = std::getenv("EXAMPLES_DIR");
    std::ifstream file(std::string(folder ? folder : EXAMPLES_DIR) + "/" + name);
    std::ostringstream text;

    text << file.rdbuf();
    return text.str();
}

static int run(cl_int count)
{
    clf::scheduler scheduler;
    std::vector<cl_uint> data(count);
    std::iota(data.begin(), data.end(), 1u);
    std::shared_ptr<_cl_mem> buffer(clCreateBuffer(scheduler.context(),
                                                   CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR,
                                                   count * sizeof(cl_uint), data.data(), nullptr),
                                    clReleaseMemObject);

    scheduler.build(read_file("total.fib"));
    scheduler.bind("data", buffer.get());

    /* The types are compared with the program's: a mistake is an exception here, not a wrong
     * result. */
    auto total = scheduler.fiber<cl_ulong(cl_int, cl_int)>("total");
    cl_ulong sum = total(0, count).get();
    std::cout << "1 + ... + " << count << " = " << sum << "\n";

    /* A fiber that fails is an exception, too. */
    try {
        total(0, -1).get();
    } catch (const clf::fiber_failed &failure) {
        std::cout << failure.fiber() << " failed with code " << failure.code()
                  << ", as it should\n";
    }
    return sum == cl_ulong(count) * (count + 1) / 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? std::atoi(argv[1]) : 1000000;

    if (argc > 2 || count < 1 || count > 100000000) {
        std::cerr << "usage: total [COUNT]   a number from 1 to 100000000\n";
        return EXIT_FAILURE;
    }
    try {
        return run(count);
    } catch (const clf::error &e) {
        std::cerr << e.name() << ": " << e.what() << "\n";
        return e.status() == CLF_NO_DEVICE ? 77 : EXIT_FAILURE;
    }
}
