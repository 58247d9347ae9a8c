// A cloud bill in FOCUS 1.0 columns, added up by account and day in millionths of its currency.
#ifndef BILL_HPP
#define BILL_HPP

#include <charconv>
#include <cstdint>
#include <istream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <cloudcircuit.hpp>

// Decimal places of a millionth.
inline constexpr std::uint32_t micros = 6;

// What an account was billed on a day: charges, and credits, which are below 0.
struct day_bill {
    std::int64_t charges = 0, credits = 0;
};

// Days count from 1970-01-01.
struct bill {
    std::map<std::string, std::map<long, day_bill>> accounts;
    long first_day = 0, last_day = -1;
};

struct ymd {
    int year, month, day;
};

// After "chrono-Compatible Low-Level Date Algorithms" by Howard Hinnant: years start in March.
constexpr long day_number(ymd date) {
    const long year = date.month > 2 ? date.year : date.year - 1;
    const long month = date.month > 2 ? date.month - 3 : date.month + 9;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date.day - 719469;
}

constexpr ymd date_of(long number) {
    ymd date{static_cast<int>(1970 + number / 366), 1, 1};
    while (day_number({date.year + 1, 1, 1}) <= number)
        date.year++;
    while (date.month < 12 && day_number({date.year, date.month + 1, 1}) <= number)
        date.month++;
    date.day = static_cast<int>(number - day_number({date.year, date.month, 1}) + 1);
    return date;
}

static_assert(day_number({1970, 1, 1}) == 0 && day_number({2024, 3, 1}) - day_number({2024, 2, 28}) == 2);
static_assert(date_of(day_number({2024, 2, 29})).day == 29 && date_of(day_number({2023, 12, 31})).month == 12);

// The fields of the next row of CSV, quotes taken off; none at the end of the file.
inline std::vector<std::string> read_row(std::istream &file) {
    std::vector<std::string> fields;
    std::string field;
    bool is_quoted = false;
    for (char byte; file.get(byte);) {
        if (is_quoted && byte == '"' && file.peek() == '"')
            field += static_cast<char>(file.get());
        else if (byte == '"')
            is_quoted = !is_quoted;
        else if (is_quoted || (byte != ',' && byte != '\n' && byte != '\r'))
            field += byte;
        else if (byte != '\r') {
            fields.push_back(field);
            field.clear();
            if (byte == '\n')
                return fields;
        }
    }
    if (is_quoted)
        throw std::runtime_error("a quote is never closed");
    if (!fields.empty() || !field.empty())
        fields.push_back(field);
    return fields;
}

template <class Number> Number parse(std::string_view text, const char *what) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::runtime_error(std::string(what) + " is no number: " + std::string(text));
    return number;
}

// The day of "2024-09-18 22:00:00" and the like.
inline long parse_day(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-')
        throw std::runtime_error("ChargePeriodStart is no date: " + std::string(text));
    const ymd date{parse<int>(text.substr(0, 4), "the year"), parse<int>(text.substr(5, 2), "the month"),
                    parse<int>(text.substr(8, 2), "the day")};
    const auto number = day_number(date);
    if (const auto real = date_of(number); number < 0 || real.month != date.month || real.day != date.day)
        throw std::runtime_error("ChargePeriodStart is no date: " + std::string(text));
    return number;
}

inline std::size_t find_column(const std::vector<std::string> &header, std::string_view name) {
    for (std::size_t column = 0; column < header.size(); column++) {
        if (header[column] == name)
            return column;
    }
    throw std::runtime_error("the bill has no column " + std::string(name));
}

// Throws what is wrong with a bill; the amounts' rules are the library's, and so are their words.
inline bill read_bill(std::istream &file) {
    const auto header = read_row(file);
    const auto account = find_column(header, "SubAccountId"), start = find_column(header, "ChargePeriodStart"),
               cost = find_column(header, "BilledCost");
    bill read;
    for (auto row = read_row(file); !row.empty(); row = read_row(file)) {
        if (row.size() != header.size())
            throw std::runtime_error("a row has " + std::to_string(row.size()) + " fields");
        const auto day = parse_day(row[start]);
        const auto amount =
            cloudcircuit::money_from_double(parse<double>(row[cost], "BilledCost"), micros).value();
        if (read.accounts.empty() || day < read.first_day)
            read.first_day = day;
        if (read.accounts.empty() || day > read.last_day)
            read.last_day = day;
        auto &total = read.accounts[row[account]][day];
        (amount < 0 ? total.credits : total.charges) += amount;
    }
    return read;
}

#endif
