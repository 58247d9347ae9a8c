// As main.c, by the C++ header.
#include <cloudcircuit.hpp>
#include <cstdio>

int main()
{
    const auto budget = cloudcircuit::check_budget(920.0, 1000.0);

    std::printf("%s %u\n", cloudcircuit::version(), static_cast<unsigned>(cloudcircuit::abi_version()));
    return !(budget.ok() && budget->is_warning == 1 && budget->is_breached == 0);
}
