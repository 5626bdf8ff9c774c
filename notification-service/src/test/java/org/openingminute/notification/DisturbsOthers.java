package org.openingminute.notification;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A test during which no other of the service runs: it stops mail or messages for all, or ages what all have. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock(DisturbsOthers.SERVICE)
@interface DisturbsOthers {

    String SERVICE = "notification-service";

    /** What starts services of its own keeps them busy: one class at a time. */
    String PROCESSORS = "processors";
}
