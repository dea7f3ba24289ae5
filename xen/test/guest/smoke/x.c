#include <lib/guest.h>
void guest_main(const char *c){print("hi %s\n",c);}
