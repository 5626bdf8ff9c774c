package org.openingminute.notification.caller;

/** Who is calling. */
public sealed interface Caller permits Registrant, StaffMember {}
