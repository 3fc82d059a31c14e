/* clfiber.hpp - fibers on OpenCL devices, for C++17: a header over clfiber.h, nothing else to link.
 *
 *     clf::scheduler s;
 *     s.build(source);
 *     auto fib = s.fiber<cl_long(cl_int)>("fib");
 *     cl_long result = fib(30).get();
 *
 * What owns something frees it: a scheduler its device memory, a handle its fiber (it is detached,
 * and goes on). Errors are exceptions: clf::error with the status and the library's message,
 * clf::fiber_failed for a fiber that ended with a failure. Time-outs and interruptions are no
 * errors but results. Everything else is as clfiber.h says, above all that one scheduler is used by
 * one thread at a time. Handles may outlive their scheduler; they are dead then.
 */
#ifndef CLFIBER_HPP
#define CLFIBER_HPP

#include "clfiber.h"

#include <cstdio>
#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace clf
{

/* ---- errors ------------------------------------------------------------------------- */

class error : public std::runtime_error
{
  public:
    error(clf_status status, const std::string &message)
        : std::runtime_error(message.empty() ? clf_status_text(status) : message), status_(status)
    {
    }
    clf_status status() const noexcept
    {
        return status_;
    }
    const char *name() const noexcept
    {
        return clf_status_name(status_);
    }

  private:
    clf_status status_;
};

/* The program does not compile: what() has the diagnostics too. */
class build_error : public error
{
  public:
    build_error(clf_status status, const std::string &message, std::string log)
        : error(status, message + "\n" + log), log_(std::move(log))
    {
    }
    const std::string &log() const noexcept
    {
        return log_;
    }

  private:
    std::string log_;
};

/* A fiber that was joined has ended with a failure. */
class fiber_failed : public error
{
  public:
    fiber_failed(const std::string &message, const clf_failure &failure)
        : error(CLF_FIBER_FAILED, message), code_(failure.code), fiber_(failure.fiber),
          file_(failure.file), called_(failure.name.text), line_(failure.at),
          worker_(failure.worker), value_(failure.value)
    {
    }
    std::int32_t code() const noexcept
    {
        return code_;
    }
    const std::string &fiber() const noexcept
    {
        return fiber_;
    }
    const std::string &file() const noexcept
    {
        return file_;
    }
    /* The failing fiber's own. */
    const std::string &name() const noexcept
    {
        return called_;
    }
    /* What the code means, if it is the runtime's own. */
    const char *text() const noexcept
    {
        return clf_failure_text(code_);
    }
    std::uint32_t line() const noexcept
    {
        return line_;
    }
    std::uint32_t worker() const noexcept
    {
        return worker_;
    }
    std::uint64_t value() const noexcept
    {
        return value_;
    }

  private:
    std::int32_t code_;
    std::string fiber_, file_, called_;
    std::uint32_t line_, worker_;
    std::uint64_t value_;
};

/* ---- options, devices, names -------------------------------------------------------- */

/* clf_attributes with their defaults. */
struct attributes : clf_attributes {
    attributes() : clf_attributes(CLF_ATTRIBUTES_INIT)
    {
    }
};

/* clf_options with its defaults: clf::options o; o.workers = 2; */
struct options : clf_options {
    options() : clf_options(CLF_OPTIONS_INIT)
    {
    }
};

inline constexpr double forever = CLF_FOREVER;

enum class outcome {
    done = CLF_OK,
    pending = CLF_PENDING,
    timeout = CLF_TIMEOUT,
    interrupted = CLF_INTERRUPTED
};

inline int version() noexcept
{
    return clf_version();
}
inline const char *to_string(clf_tier tier) noexcept
{
    return clf_tier_name(tier);
}
inline const char *to_string(clf_mode mode) noexcept
{
    return clf_mode_name(mode);
}

inline std::vector<clf_device_info> devices()
{
    std::uint32_t count = 0;
    clf_status status = clf_get_device(0, nullptr, &count);
    std::vector<clf_device_info> list(status == CLF_OK ? count : 0);
    for (std::uint32_t i = 0; i < list.size() && status == CLF_OK; i++)
        status = clf_get_device(i, &list[i], nullptr);
    if (status != CLF_OK)
        throw error(status, clf_message(nullptr));
    return list;
}

/* ---- inside ------------------------------------------------------------------------- */

namespace detail
{

struct state {
    clf_scheduler *s = nullptr;
    std::map<std::uint32_t, std::function<std::int32_t(clf_hostcall &)>> call;
    std::function<void(std::string_view)> print;
    std::map<clf_handle, std::function<void()>> completion;
    std::exception_ptr thrown; /* by one of these functions */
    std::mutex lock; /* of all these: the functions are called by whatever thread runs slices */

    state() = default;
    state(const state &) = delete;
    state &operator=(const state &) = delete;
    ~state()
    {
        clf_destroy(s);
    }

    std::exception_ptr take()
    {
        std::lock_guard<std::mutex> guard(lock);
        return std::exchange(thrown, nullptr);
    }
    void keep(std::exception_ptr exception)
    {
        std::lock_guard<std::mutex> guard(lock);
        thrown = exception;
    }

    /* Throws for an error; what is none comes back. */
    clf_status check(clf_status status)
    {
        if (auto exception = take())
            std::rethrow_exception(exception);
        if (status >= 0)
            return status;
        clf_failure failure;
        if (status == CLF_FIBER_FAILED && clf_get_failure(s, &failure) == CLF_OK)
            throw fiber_failed(clf_message(s), failure);
        throw error(status, clf_message(s));
    }
};

/* Exceptions do not pass through the library: they wait for it to return. */
inline std::int32_t run_call(clf_hostcall *call, void *user)
{
    state *self = static_cast<state *>(user);
    try {
        std::unique_lock<std::mutex> guard(self->lock);
        auto function = self->call.at(call->number);
        guard.unlock();
        return function(*call);
    } catch (...) {
        self->keep(std::current_exception());
        return CLF_FAIL_CALL_IO;
    }
}

inline int run_print(const char *line, std::size_t length, void *user)
{
    state *self = static_cast<state *>(user);
    try {
        std::unique_lock<std::mutex> guard(self->lock);
        auto function = self->print;
        guard.unlock();
        function(std::string_view(line, length));
        return 0;
    } catch (...) {
        self->keep(std::current_exception());
        return -1;
    }
}

inline void run_completion(clf_scheduler *, clf_handle number, void *user)
{
    state *self = static_cast<state *>(user);
    try {
        std::unique_lock<std::mutex> guard(self->lock);
        auto node = self->completion.extract(number);
        guard.unlock();
        node.mapped()();
    } catch (...) {
        self->keep(std::current_exception());
    }
}

template <class T> constexpr std::size_t size_of()
{
    if constexpr (std::is_void_v<T>)
        return 0;
    else
        return sizeof(T);
}

} // namespace detail

/* ---- handles ------------------------------------------------------------------------ */

/* The join handle of a fiber with a result of type R. It can be moved, not copied. */
template <class R> class handle
{
    static_assert(std::is_void_v<R> || std::is_trivially_copyable_v<R>,
                  "a fiber's result is a plain value");

  public:
    handle() = default;
    handle(const std::shared_ptr<detail::state> &owner, clf_handle number)
        : owner_(owner), number_(number)
    {
    }
    handle(handle &&other) noexcept
        : owner_(std::move(other.owner_)), number_(std::exchange(other.number_, 0))
    {
    }
    handle &operator=(handle &&other) noexcept
    {
        if (this != &other) {
            detach();
            owner_ = std::move(other.owner_);
            number_ = std::exchange(other.number_, 0);
        }
        return *this;
    }
    ~handle()
    {
        detach();
    }

    clf_handle number() const noexcept
    {
        return number_;
    }
    explicit operator bool() const noexcept
    {
        return number_ != 0;
    }

    /* Runs slices until the fiber has completed and gives its result, once. */
    R get()
    {
        auto owner = need();
        if constexpr (std::is_void_v<R>) {
            finish(*owner, clf_join(owner->s, number_, nullptr, 0, forever));
        } else {
            R result{};
            finish(*owner, clf_join(owner->s, number_, &result, sizeof result, forever));
            return result;
        }
    }

    /* The same for so many seconds at most: nothing if they did not suffice (bool for a void
     * fiber). */
    auto get_for(double seconds)
    {
        auto owner = need();
        if constexpr (std::is_void_v<R>) {
            return finish(*owner, clf_join(owner->s, number_, nullptr, 0, seconds), false);
        } else {
            std::optional<R> result(R{});
            if (!finish(*owner, clf_join(owner->s, number_, &*result, sizeof(R), seconds), false))
                result.reset();
            return result;
        }
    }

    /* Whether get() would return at once. */
    bool done() const
    {
        auto owner = need();
        return owner->check(clf_poll(owner->s, number_)) == CLF_OK;
    }

    /* Called once when the fiber has completed, by the thread that finds it out. */
    void on_completion(std::function<void()> function)
    {
        auto owner = need();
        std::unique_lock<std::mutex> guard(owner->lock);
        owner->completion[number_] = std::move(function);
        guard.unlock();
        clf_status status =
            clf_on_completion(owner->s, number_, detail::run_completion, owner.get());
        if (status != CLF_OK) {
            guard.lock();
            owner->completion.erase(number_);
            guard.unlock();
        }
        owner->check(status);
    }

    /* The fiber and its descendants end before the next slice; get() then throws CLF_CANCELLED. */
    void cancel()
    {
        auto owner = need();
        owner->check(clf_cancel(owner->s, number_));
    }

    /* The same so many seconds from now, unless it has completed; `forever` takes the deadline
     * away. */
    void cancel_after(double seconds)
    {
        auto owner = need();
        owner->check(clf_cancel_after(owner->s, number_, seconds));
    }

    /* Gives the fiber up; it goes on. */
    void detach() noexcept
    {
        auto owner = owner_.lock();
        if (owner && number_ != 0)
            clf_detach(owner->s, number_);
        number_ = 0;
    }

  private:
    std::shared_ptr<detail::state> need() const
    {
        auto owner = owner_.lock();
        if (!owner || number_ == 0)
            throw error(CLF_STALE_HANDLE,
                        "the handle is empty, was joined before, or its scheduler is gone");
        return owner;
    }
    /* A join that ended the fiber has freed the number, also if the fiber failed. */
    bool finish(detail::state &owner, clf_status status, bool must_end = true)
    {
        if (status == CLF_OK || status == CLF_FIBER_FAILED || status == CLF_CANCELLED)
            number_ = 0;
        status = owner.check(status);
        if (must_end && status != CLF_OK)
            throw error(status, "");
        return status == CLF_OK;
    }

    std::weak_ptr<detail::state> owner_;
    clf_handle number_ = 0;
};

/* ---- fibers ------------------------------------------------------------------------- */

template <class Signature> class fiber;

/* A fiber of the program that takes Arguments and gives R: call it to start one. */
template <class R, class... Arguments> class fiber<R(Arguments...)>
{
    static_assert((std::is_trivially_copyable_v<Arguments> && ...),
                  "a fiber's arguments are plain values");

  public:
    fiber(std::shared_ptr<detail::state> owner, std::string name)
        : owner_(std::move(owner)), name_(std::move(name))
    {
        clf_fiber_info info;
        owner_->check(clf_find_fiber(owner_->s, name_.c_str(), &info));
        const std::size_t size[] = {sizeof(Arguments)..., 0};
        bool fits = info.params == sizeof...(Arguments) && info.result_size == detail::size_of<R>();
        for (std::uint32_t i = 0; fits && i < info.params; i++)
            fits = info.param[i].size == size[i];
        if (!fits)
            throw error(CLF_WRONG_SIZE, "the fiber " + declaration(info) +
                                            " has other types than the C++ program says");
    }

    handle<R> operator()(Arguments... arguments) const
    {
        const clf_arg list[] = {{&arguments, sizeof(Arguments)}..., {nullptr, 0}};
        clf_handle number = 0;
        owner_->check(clf_start(owner_->s, name_.c_str(), sizeof...(Arguments), list, &number));
        return {owner_, number};
    }

    /* With a name or a priority: attributes a; a.name = "boss"; f.as(a, ...). */
    handle<R> as(const clf_attributes &how, Arguments... arguments) const
    {
        const clf_arg list[] = {{&arguments, sizeof(Arguments)}..., {nullptr, 0}};
        clf_handle number = 0;
        owner_->check(
            clf_start_as(owner_->s, name_.c_str(), sizeof...(Arguments), list, &how, &number));
        return {owner_, number};
    }

    /* One fiber for each element; the vectors have the same length. */
    std::vector<handle<R>> many(const std::vector<Arguments> &...columns) const
    {
        static_assert(sizeof...(Arguments) != 0, "a fiber without parameters has no columns");
        const std::size_t length[] = {columns.size()...};
        for (std::size_t n : length)
            if (n != length[0])
                throw error(CLF_WRONG_COUNT,
                            "the columns of arguments of " + name_ + " differ in length");
        const clf_arg list[] = {{columns.data(), sizeof(Arguments)}...};
        std::vector<clf_handle> numbers(length[0]);
        std::vector<handle<R>> handles;
        handles.reserve(length[0]);
        if (!numbers.empty())
            owner_->check(clf_start_many(owner_->s, name_.c_str(), numbers.size(),
                                         sizeof...(Arguments), list, numbers.data()));
        for (clf_handle number : numbers)
            handles.emplace_back(owner_, number);
        return handles;
    }

  private:
    static std::string declaration(const clf_fiber_info &info)
    {
        std::string text = std::string(info.result_type) + " " + info.name + "(";
        for (std::uint32_t i = 0; i < info.params; i++)
            text += std::string(i == 0 ? "" : ", ") + info.param[i].type;
        return text + ")";
    }

    std::shared_ptr<detail::state> owner_;
    std::string name_;
};

/* ---- the scheduler ------------------------------------------------------------------ */

class scheduler
{
  public:
    explicit scheduler(const clf_options &wanted = options())
        : state_(std::make_shared<detail::state>())
    {
        created(clf_create(&wanted, &state_->s));
    }
    /* On the user's objects, which are retained. */
    scheduler(cl_context context, cl_device_id device, cl_command_queue queue,
              const clf_options &wanted = options())
        : state_(std::make_shared<detail::state>())
    {
        created(clf_create_on(context, device, queue, &wanted, &state_->s));
    }

    clf_scheduler *get() const noexcept
    {
        return state_->s;
    }
    cl_context context() const noexcept
    {
        return clf_context(get());
    }
    cl_device_id device() const noexcept
    {
        return clf_device(get());
    }
    cl_command_queue queue() const noexcept
    {
        return clf_queue(get());
    }
    clf_options settings() const
    {
        clf_options o = CLF_OPTIONS_INIT;
        state_->check(clf_get_options(get(), &o));
        return o;
    }
    const char *tier_reason(clf_tier tier) const noexcept
    {
        return clf_tier_reason(get(), tier);
    }

    void build(const std::string &source, const std::string &build_options = "")
    {
        clf_status status = clf_program_build(get(), source.c_str(), build_options.c_str());
        if (status == CLF_BUILD_FAILED)
            throw build_error(status, clf_message(get()), clf_build_log(get()));
        state_->check(status);
    }
    std::string build_log() const
    {
        return clf_build_log(get());
    }
    std::string generated_source() const
    {
        return clf_generated_source(get());
    }
    std::vector<clf_fiber_info> fibers() const
    {
        return list<clf_fiber_info>(clf_get_fiber);
    }
    /* What a frame of the fiber with that index takes in memory. */
    std::uint32_t frame_bytes(std::uint32_t index) const
    {
        std::uint32_t bytes = 0;
        state_->check(clf_get_frame_bytes(get(), index, &bytes));
        return bytes;
    }
    std::vector<clf_param_info> env() const
    {
        return list<clf_param_info>(clf_get_env);
    }

    /* A plain value, or for a pointer member a cl_mem. */
    template <class T> void bind(const std::string &member, const T &value)
    {
        static_assert(std::is_trivially_copyable_v<T>, "bind a plain value or a cl_mem");
        state_->check(clf_bind(get(), member.c_str(), &value, sizeof value));
    }

    template <class Signature> clf::fiber<Signature> fiber(const std::string &name) const
    {
        return {state_, name};
    }

    outcome run(double seconds = forever)
    {
        return static_cast<outcome>(state_->check(clf_run(get(), seconds)));
    }
    /* One slice; whether there is more to do. */
    bool step()
    {
        return state_->check(clf_step(get())) == CLF_PENDING;
    }
    void enqueue_slice(const std::vector<cl_event> &wait_list = {}, cl_event *event = nullptr)
    {
        state_->check(clf_enqueue_slice(get(), static_cast<cl_uint>(wait_list.size()),
                                        wait_list.empty() ? nullptr : wait_list.data(), event));
    }
    /* All fibers, detached and started ones as well. */
    void cancel_all()
    {
        state_->check(clf_cancel_all(get()));
    }
    /* The fibers that are alive, and what each waits for. */
    std::string dump()
    {
        const char *text = nullptr;
        state_->check(clf_dump(get(), &text));
        return text;
    }
    void interrupt() noexcept
    {
        clf_interrupt(get());
    }

    /* The index of a fiber that has completed; nothing after so many seconds. */
    template <class R>
    std::optional<std::size_t> wait_any(const std::vector<handle<R>> &handles,
                                        double seconds = forever)
    {
        std::vector<clf_handle> numbers;
        for (const handle<R> &h : handles)
            numbers.push_back(h.number());
        std::size_t index = 0;
        clf_status status = clf_wait_any(get(), numbers.data(), numbers.size(), &index, seconds);
        if (state_->check(status) != CLF_OK)
            return std::nullopt;
        return index;
    }
    /* A user event that is complete when all of the fibers are; the caller releases it. */
    template <class R> cl_event completion_event(const std::vector<handle<R>> &handles)
    {
        std::vector<clf_handle> numbers;
        for (const handle<R> &h : handles)
            numbers.push_back(h.number());
        cl_event event = nullptr;
        state_->check(clf_completion_event(get(), numbers.data(), numbers.size(), &event));
        return event;
    }
    /* A descriptor for poll: readable while drain would give a number. */
    int completion_fd()
    {
        int descriptor = -1;
        state_->check(clf_completion_fd(get(), &descriptor));
        return descriptor;
    }
    /* A thread of the library's that runs slices in the background. */
    void start_thread()
    {
        state_->check(clf_thread_start(get()));
    }
    void stop_thread()
    {
        state_->check(clf_thread_stop(get()));
    }
    /* Numbers of fibers that completed, at most so many, in their order. */
    std::vector<clf_handle> drain(std::size_t most = 1024)
    {
        std::vector<clf_handle> numbers(most);
        std::size_t count = 0;
        state_->check(clf_drain(get(), numbers.data(), most, &count));
        numbers.resize(count);
        return numbers;
    }

    clf_stats stats() const
    {
        clf_stats figures{};
        figures.size = sizeof figures;
        state_->check(clf_get_stats(get(), &figures));
        return figures;
    }
    clf_counters worker_counters(std::uint32_t worker) const
    {
        clf_counters counters{};
        state_->check(clf_get_worker_counters(get(), worker, &counters));
        return counters;
    }
    void reset_stats()
    {
        state_->check(clf_reset_stats(get()));
    }

    std::vector<clf_litmus_row> litmus(clf_tier tier, std::uint64_t rounds)
    {
        std::vector<clf_litmus_row> rows(CLF_LITMUS_TESTS);
        state_->check(clf_litmus(get(), tier, rounds, rows.data()));
        return rows;
    }

    /* ---- host calls: an exception of a function comes out of what runs the slices ---- */

    void on_call(std::uint32_t number, std::function<std::int32_t(clf_hostcall &)> function)
    {
        clf_hostcall_function relay = function ? detail::run_call : nullptr;
        {
            std::lock_guard<std::mutex> guard(state_->lock);
            state_->call[number] = std::move(function);
        }
        state_->check(clf_hostcall_register(get(), number, relay, state_.get()));
    }
    void finish_call(clf_hostcall &call, std::int32_t code = 0)
    {
        state_->check(clf_hostcall_finish(get(), &call, code));
    }
    void on_print(std::function<void(std::string_view)> function)
    {
        clf_print_function relay = function ? detail::run_print : nullptr;
        {
            std::lock_guard<std::mutex> guard(state_->lock);
            state_->print = std::move(function);
        }
        state_->check(clf_hostcall_print(get(), relay, relay != nullptr ? state_.get() : nullptr));
    }
    void file(std::uint32_t number, int descriptor)
    {
        state_->check(clf_hostcall_file(get(), number, descriptor));
    }

  private:
    static void created(clf_status status)
    {
        if (status != CLF_OK)
            throw error(status, clf_message(nullptr));
    }
    template <class Info, class Function> std::vector<Info> list(Function get_one) const
    {
        std::uint32_t count = 0;
        state_->check(get_one(get(), 0, nullptr, &count));
        std::vector<Info> all(count);
        for (std::uint32_t i = 0; i < count; i++)
            state_->check(get_one(get(), i, &all[i], nullptr));
        return all;
    }

    std::shared_ptr<detail::state> state_;
};

} // namespace clf

#endif
