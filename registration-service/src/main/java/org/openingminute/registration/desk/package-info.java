/** The organisers' desk: an index of registrations that is filled after the commit, and the lists and searches that read it. */
@NullMarked
package org.openingminute.registration.desk;

import org.jspecify.annotations.NullMarked;
