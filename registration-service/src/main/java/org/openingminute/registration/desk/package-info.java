/** The organisers' desk: an index of registrations, updated after each commit, and the lists, searches and figures that read it. */
@NullMarked
package org.openingminute.registration.desk;

import org.jspecify.annotations.NullMarked;
