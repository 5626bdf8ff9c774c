package org.openingminute.registration.ops;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the HTTP connector: four platform threads, which must never block, and a virtual thread for each request that
 * they hand over because it may. Platform threads, because virtual threads share carriers, where a request that can be
 * answered at once would wait behind all others.
 */
final class ConnectorThreads implements Executor {

    private static final int THREADS = 4;
    private static final String HANDED_OVER = ConnectorThreads.class.getName();

    /** The request that a thread hands over. */
    private static final ThreadLocal<@Nullable Request> LEAVING = new ThreadLocal<>();

    private final ThreadPoolExecutor platform = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("connector-", 1).daemon().factory());

    ConnectorThreads() {
        // Those of a connector that was stopped end.
        platform.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable event) {
        if (LEAVING.get() == null) {
            platform.execute(() -> run(event));
        } else {
            Thread.ofVirtual().name("request").start(() -> run(event));
        }
    }

    /**
     * Handles an event of a connection. What the handler hands over goes on only afterwards: before, Tomcat would do it on the
     * same thread.
     */
    private void run(Runnable event) {
        try {
            event.run();
        } finally {
            @Nullable Request handedOver = LEAVING.get();
            if (handedOver != null) {
                try {
                    handedOver.getCoyoteRequest().action(ActionCode.ASYNC_DISPATCH, null);
                } finally {
                    LEAVING.remove();
                }
            }
        }
    }

    /** Lets a virtual thread handle a request from the valve on, once this thread has returned from it. */
    void handOver(Request request) {
        request.startAsync();
        request.setNote(HANDED_OVER, true);
        LEAVING.set(request);
    }

    /**
     * Whether a request was handed over to this thread. It is then a request as any other, and no longer an asynchronous one:
     * what handles it may make it one.
     */
    static boolean takesOver(Request request) {
        if (request.getNote(HANDED_OVER) == null || !request.isAsyncDispatching()) {
            return false;
        }
        request.removeNote(HANDED_OVER);
        request.getCoyoteRequest().action(ActionCode.ASYNC_DISPATCHED, null);
        return true;
    }
}
