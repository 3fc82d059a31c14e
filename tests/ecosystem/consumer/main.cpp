// A project in C++ that uses an installed libclfiber.
#include <clfiber.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

int main()
{
    std::ostringstream source;
    source << std::ifstream("fib.fib").rdbuf();
    clf::scheduler s;
    s.build(source.str());
    std::cout << "fib(20) = " << s.fiber<cl_long(cl_int)>("fib")(20).get() << "\n";
}
