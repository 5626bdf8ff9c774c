package org.openingminute.notification;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Marks a test that must run alone on its service, because it stops mails or messages for all tests, or ages their data. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock(DisturbsOthers.SERVICE)
@interface DisturbsOthers {

    String SERVICE = "notification-service";

    /** Held by classes that start instances of their own, because these keep the processors busy: one class at a time. */
    String PROCESSORS = "processors";
}
