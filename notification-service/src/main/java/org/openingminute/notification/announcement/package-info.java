/** Announcements to subscribers and attendees, by organisers or for sale notices, and their fan-out to one mail per reader. */
@NullMarked
package org.openingminute.notification.announcement;

import org.jspecify.annotations.NullMarked;
