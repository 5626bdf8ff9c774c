package org.openingminute.notification;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/**
 * Runs a test class on the real service with a database, a broker and a mail trap; {@link ServiceFixture} is its client. All classes share
 * one service, because a second one in the same consumer group would take its messages. They run concurrently, each on its own
 * registrations, addresses and conferences. A test that affects others is marked with {@link DisturbsOthers}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = ServiceFixture.Surroundings.class)
@Import(ServiceFixture.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = DisturbsOthers.SERVICE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
public @interface NotificationServiceApplicationTest {}
